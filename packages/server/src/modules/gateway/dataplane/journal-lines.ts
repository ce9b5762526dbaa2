import { usageRecord, type UsageRecord } from "@causeway/contract";
import { z } from "zod";
import type { SavedAccount } from "./budget-book.ts";

const account = z.object({
  budgetId: z.string(),
  windowStart: z.string(),
  resetsAt: z.string(),
  granted: z.number(),
  spent: z.number(),
});
const line = z.discriminatedUnion("t", [
  /** First line of a segment: all accounts as they stood before its other lines. */
  z.object({ t: z.literal("h"), accounts: z.array(account) }),
  /** A call is about to leave. */
  z.object({ t: z.literal("r"), record: usageRecord }),
  /** What it cost in the end. */
  z.object({ t: z.literal("s"), record: usageRecord }),
  /** The account after a grant. */
  z.object({ t: z.literal("g"), account }),
]);
export type JournalLine = z.infer<typeof line>;

export function toLine(entry: JournalLine): string {
  return `${JSON.stringify(entry)}\n`;
}

/** A line that a crash cut off, and only the last can be, is as if it had not been written: its call never left. */
export function parseLine(text: string): JournalLine | undefined {
  try {
    const parsed = line.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export type Recovered = {
  readonly accounts: readonly SavedAccount[];
  /** Calls that left and of which nothing more is written. */
  readonly open: readonly UsageRecord[];
  /** Ids of the open calls of each segment, in the order given. */
  readonly openIds: readonly ReadonlySet<string>[];
};

/** Reads the segments of a journal, oldest first. Accounts come from the newest segment with a header and its lines:
 *  every header already holds what the segments before it did. */
export function recover(segments: readonly (readonly JournalLine[])[]): Recovered {
  const open = new Map<string, UsageRecord>();
  for (const entry of segments.flat()) {
    if (entry.t === "r") open.set(entry.record.id, entry.record);
    if (entry.t === "s") open.delete(entry.record.id);
  }
  const last = segments.findLast((lines) => lines[0]?.t === "h") ?? [];
  return {
    accounts: foldAccounts(last),
    open: [...open.values()],
    openIds: segments.map(
      (lines) =>
        new Set(
          lines.flatMap((entry) =>
            entry.t === "r" && open.has(entry.record.id) ? [entry.record.id] : [],
          ),
        ),
    ),
  };
}

function foldAccounts(lines: readonly JournalLine[]): SavedAccount[] {
  const accounts = new Map<string, SavedAccount>();
  const put = (saved: SavedAccount): void => {
    accounts.set(`${saved.budgetId} ${saved.windowStart}`, saved);
  };
  const settled = new Set<string>();
  for (const entry of lines) {
    if (entry.t === "h") for (const saved of entry.accounts) put(saved);
    if (entry.t === "g") put(entry.account);
    if (entry.t === "s" && !settled.has(entry.record.id)) {
      settled.add(entry.record.id);
      const found = accounts.get(`${entry.record.budgetId} ${entry.record.windowStart}`);
      if (found) put({ ...found, spent: found.spent + (entry.record.costMicroUsd ?? 0) });
    }
  }
  return [...accounts.values()];
}
