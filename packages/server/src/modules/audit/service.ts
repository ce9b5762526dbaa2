import {
  canonicalJson,
  type AuditEntry,
  type AuditFault,
  type AuditVerification,
  type Json,
} from "@causeway/contract";
import type { Db, Tx } from "#platform/db/database";
import { sha256 } from "#platform/ids";
import { findFaults, parseEntry, type StoredEntry } from "./chain.ts";
import {
  appendEntry,
  listChainEntries,
  listEntries,
  listHeadlessChains,
  listHeads,
  type EntryQuery,
} from "./store.ts";

export type AuditRecord = {
  /** `run:<id>` or `principalChain(…)`. */
  readonly chain: string;
  /** Full entity ref of who did it. */
  readonly actor: string;
  /** Past tense with its noun: `run.started`, `key.revoked`. */
  readonly verb: string;
  readonly subject: string;
  /** Holds no secret: it can never be removed again. */
  readonly detail?: Json;
};

/** Appends in the caller's transaction: what is not committed was never said. */
export async function appendAudit(tx: Tx, record: AuditRecord): Promise<void> {
  await appendEntry(tx, { ...record, detail: canonicalJson(record.detail ?? {}) });
}

/** The chain of what a principal does outside runs: one per day, so that no chain becomes a bottleneck or endless. */
export function principalChain(ref: string, now: Date): string {
  return `principal:${ref}:${now.toISOString().slice(0, 10)}`;
}

export async function listAudit(
  db: Db,
  query: EntryQuery,
): Promise<{ items: AuditEntry[]; nextCursor: string | null }> {
  const rows = await listEntries(db, query);
  const last = rows.at(-1);
  const isFull = rows.length === query.limit && last !== undefined;
  return { items: rows.map(toView), nextCursor: isFull ? String(last.id) : null };
}

function toView(row: StoredEntry): AuditEntry {
  const said = parseEntry(row.entry);
  const { chain, seq, prev, hash } = row;
  if (said) return { ...said, chain, seq, prev, hash };
  // A damaged entry is shown, not hidden; the verification says what is wrong with it.
  const unreadable = { at: new Date(0).toISOString(), actor: "", verb: "unreadable", subject: "" };
  return { ...unreadable, detail: row.entry, chain, seq, prev, hash };
}

const chainsAtOnce = 100;

/** Recomputes every hash of every chain. It locates what was edited, removed, moved or cut by somebody who did not also
 *  rewrite the rest; a superuser who rewrites a whole chain is only found by comparing with a copy kept elsewhere. */
export async function verifyChains(db: Db): Promise<AuditVerification> {
  const faults: AuditFault[] = [];
  let chains = 0;
  let entries = 0;
  let after = "";
  for (;;) {
    const heads = await listHeads(db, after, chainsAtOnce);
    const last = heads.at(-1);
    if (!last) break;
    after = last.chain;
    const stored = Map.groupBy(
      await listChainEntries(
        db,
        heads.map((head) => head.chain),
      ),
      (entry) => entry.chain,
    );
    for (const head of heads) {
      const chain = stored.get(head.chain) ?? [];
      chains += 1;
      entries += chain.length;
      faults.push(...findFaults(chain, head, sha256));
    }
  }
  for (const chain of await listHeadlessChains(db)) {
    const stored = await listChainEntries(db, [chain]);
    chains += 1;
    entries += stored.length;
    faults.push(...findFaults(stored, undefined, sha256));
  }
  return { chains, entries, faults };
}
