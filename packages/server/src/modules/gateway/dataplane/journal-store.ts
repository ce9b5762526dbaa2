import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { UnavailableError, type UsageRecord } from "@causeway/contract";
import type { Log } from "#platform/log";
import type { SavedAccount } from "./budget-book.ts";
import { parseLine, recover, toLine, type JournalLine } from "./journal-lines.ts";

/** The gateway's memory on disk: what left, what it cost, what it may still spend. Append-only segments; J1 a reservation is
 *  written before its call leaves, J2 a segment goes only when every record of it is acknowledged, every call of it is
 *  closed and all older ones are gone. Writes reach the kernel before anything else happens, so they outlive a killed
 *  process; they reach the disk within `syncMs`, so a power cut can lose the last ones. */
export type Journal = ReturnType<typeof openJournal>;

const rotateBytes = 1_000_000;
const syncMs = 200;
const readBytes = 512 * 1024;

type Segment = {
  readonly path: string;
  size: number;
  /** Everything before this byte is acknowledged. */
  delivered: number;
  readonly open: Set<string>;
};

export type JournalDeps = { readonly directory: string; readonly log: Log };

export function openJournal({ directory, log }: JournalDeps) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { segments, recovered, nextNumber } = readSegments(directory);
  const writer = createWriter(log);
  let number = nextNumber;
  let active: Segment | undefined;
  const openIn = new Map<string, Segment>();
  for (const segment of segments) for (const id of segment.open) openIn.set(id, segment);

  const append = (entry: JournalLine): Segment => {
    if (!active) throw new Error("the journal is closed");
    active.size += writer.write(toLine(entry));
    return active;
  };
  return {
    /** What an earlier process left behind; its open calls are the caller's to settle. */
    recovered,
    /** Begins a new segment. `accounts` are the accounts as they stand now. */
    rotate: (accounts: readonly SavedAccount[]): void => {
      const path = join(directory, `${String(number++).padStart(10, "0")}.jsonl`);
      writer.open(path);
      active = { path, size: 0, delivered: 0, open: new Set() };
      segments.push(active);
      append({ t: "h", accounts: [...accounts] });
    },
    isRotationDue: (): boolean => (active?.size ?? 0) > rotateBytes,
    reserve: (record: UsageRecord): void => {
      const segment = append({ t: "r", record });
      segment.open.add(record.id);
      openIn.set(record.id, segment);
    },
    settle: (record: UsageRecord): void => {
      append({ t: "s", record });
      openIn.get(record.id)?.open.delete(record.id);
      openIn.delete(record.id);
    },
    granted: (account: SavedAccount): void => {
      append({ t: "g", account });
    },
    /** Settled records that nobody has acknowledged, oldest first, as many as fit one batch. */
    readUndelivered: () => readUndelivered(segments),
    /** Removes what nobody needs any more (J2). */
    collect: () => collect(segments, (segment) => segment === active),
    pendingBytes: (): number =>
      segments.reduce((sum, segment) => sum + segment.size - segment.delivered, 0),
    close: (): void => {
      writer.close();
      active = undefined;
    },
  };
}

async function collect(
  segments: Segment[],
  isActive: (segment: Segment) => boolean,
): Promise<void> {
  for (;;) {
    const [oldest] = segments;
    if (!oldest || isActive(oldest)) return;
    if (oldest.delivered < oldest.size || oldest.open.size > 0) return;
    await unlink(oldest.path);
    segments.shift();
  }
}

function createWriter(log: Log) {
  let descriptor = -1;
  let syncTimer: NodeJS.Timeout | undefined;
  const sync = (): void => {
    syncTimer = undefined;
    fdatasync(descriptor, (error) => {
      // EBADF: closed in between, where it was synced.
      if (error && error.code !== "EBADF") log.error({ err: error }, "journal not synced");
    });
  };
  const close = (): void => {
    clearTimeout(syncTimer);
    syncTimer = undefined;
    if (descriptor === -1) return;
    fdatasyncSync(descriptor);
    closeSync(descriptor);
    descriptor = -1;
  };
  return {
    open: (path: string): void => {
      close();
      descriptor = openSync(path, "ax", 0o600);
    },
    write: (line: string): number => {
      try {
        const bytes = writeSync(descriptor, line);
        syncTimer ??= setTimeout(sync, syncMs).unref();
        return bytes;
      } catch (error) {
        log.error({ err: error }, "the gateway's journal cannot be written");
        throw unwritable(error);
      }
    },
    close,
  };
}

function unwritable(cause: unknown): UnavailableError {
  return new UnavailableError({
    code: "journal_unavailable",
    message: "The gateway cannot write down what this call would cost, so it does not make it",
    fix: "Look for a full or read-only disk under CAUSEWAY_HOME/gateway.",
    cause,
  });
}

function readSegments(directory: string) {
  const names = readdirSync(directory)
    .filter((name) => /^\d{10}\.jsonl$/.test(name))
    .toSorted();
  const texts = names.map((name) => readFileSync(join(directory, name), "utf8"));
  const lines = texts.map((text) => text.split("\n").flatMap((line) => parseLine(line) ?? []));
  const recovered = recover(lines);
  const segments = names.map((name, index): Segment => ({
    path: join(directory, name),
    size: Buffer.byteLength(texts[index] ?? ""),
    delivered: 0,
    open: new Set(recovered.openIds[index]),
  }));
  return { segments, recovered, nextNumber: Number(names.at(-1)?.slice(0, 10) ?? 0) + 1 };
}

export type Undelivered = {
  readonly records: readonly UsageRecord[];
  /** Call when these records are acknowledged. */
  acknowledge(): void;
};

const batchRecords = 1_000;

async function readUndelivered(segments: readonly Segment[]): Promise<Undelivered> {
  const records: UsageRecord[] = [];
  const marks: { segment: Segment; upTo: number }[] = [];
  for (const segment of segments.slice()) {
    if (segment.delivered === segment.size) continue;
    const read = await readLines(segment, batchRecords - records.length);
    records.push(...read.records);
    marks.push({ segment, upTo: read.upTo });
    if (records.length >= batchRecords) break;
  }
  return {
    records,
    acknowledge: () => {
      for (const { segment, upTo } of marks) segment.delivered = upTo;
    },
  };
}

/** Settlements from where delivery stands, over lines that hold none. */
async function readLines(
  segment: Segment,
  most: number,
): Promise<{ records: UsageRecord[]; upTo: number }> {
  const end = segment.size;
  const file = await open(segment.path, "r");
  const records: UsageRecord[] = [];
  let upTo = segment.delivered;
  let chunkBytes = readBytes;
  try {
    while (upTo < end && records.length < most) {
      const length = Math.min(chunkBytes, end - upTo);
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, upTo);
      const lastBreak = buffer.lastIndexOf(10);
      if (lastBreak === -1) {
        // A crash's half line at the end of a segment holds nothing; see parseLine.
        if (upTo + length === end) return { records, upTo: end };
        chunkBytes *= 2;
        continue;
      }
      for (const line of buffer.subarray(0, lastBreak).toString("utf8").split("\n")) {
        if (records.length === most) break;
        const entry = parseLine(line);
        if (entry?.t === "s") records.push(entry.record);
        upTo += Buffer.byteLength(line) + 1;
      }
    }
  } finally {
    await file.close();
  }
  return { records, upTo };
}
