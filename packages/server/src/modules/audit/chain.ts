import type { AuditFault } from "@causeway/contract";
import { z } from "zod";

/** A chain's entry as it lies in the table. */
export type StoredEntry = {
  readonly chain: string;
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
  readonly entry: string;
};
export type ChainHead = { readonly chain: string; readonly seq: number; readonly hash: string };

/** What an entry's text says; the hash covers all of it. */
export const entryText = z.object({
  actor: z.string(),
  at: z.string(),
  chain: z.string(),
  detail: z.json(),
  prev: z.string(),
  seq: z.int(),
  subject: z.string(),
  verb: z.string(),
});

const chainStart = "0".repeat(64);

/** Faults of one chain whose entries come in the order of their place. One fault for each bad place: after it the check
 *  goes on from what stands there, so that one edit is not reported for the rest of the chain. */
export function findFaults(
  entries: readonly StoredEntry[],
  head: ChainHead | undefined,
  sha256: (text: string) => string,
): AuditFault[] {
  const faults: AuditFault[] = [];
  let expectedSeq = 1;
  let expectedPrev = chainStart;
  for (const stored of entries) {
    const fault = faultAt(stored, { seq: expectedSeq, prev: expectedPrev }, sha256);
    if (fault) faults.push({ chain: stored.chain, seq: stored.seq, ...fault });
    expectedSeq = stored.seq + 1;
    expectedPrev = stored.hash;
  }
  const last = entries.at(-1);
  if (head && (last === undefined || head.seq > last.seq)) {
    const message = `the chain ended at ${head.seq}; entries ${expectedSeq} to ${head.seq} are gone`;
    faults.push({ chain: head.chain, seq: expectedSeq, kind: "cut", message });
  } else if (last && (!head || head.seq < last.seq || head.hash !== last.hash)) {
    const message = "the last entry is not the one that the chain's end names";
    faults.push({ chain: last.chain, seq: last.seq, kind: "edited", message });
  }
  return faults;
}

type Place = { readonly seq: number; readonly prev: string };

function faultAt(
  stored: StoredEntry,
  expected: Place,
  sha256: (text: string) => string,
): Pick<AuditFault, "kind" | "message"> | undefined {
  if (sha256(stored.entry) !== stored.hash) {
    return { kind: "edited", message: "the text does not fit its hash" };
  }
  const said = parseEntry(stored.entry);
  if (!said) return { kind: "edited", message: "the text is not an audit entry" };
  if (said.chain !== stored.chain || said.seq !== stored.seq) {
    return {
      kind: "moved",
      message: `the entry says ${said.chain} ${said.seq} but stands at ${stored.chain} ${stored.seq}`,
    };
  }
  if (stored.seq !== expected.seq) {
    const gone =
      stored.seq - 1 === expected.seq
        ? `${expected.seq} is`
        : `${expected.seq} to ${stored.seq - 1} are`;
    return { kind: "missing", message: `${gone} gone` };
  }
  if (said.prev !== expected.prev || stored.prev !== said.prev) {
    return { kind: "edited", message: "does not follow from the entry before it" };
  }
  return undefined;
}

export function parseEntry(text: string): z.infer<typeof entryText> | undefined {
  try {
    return entryText.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
