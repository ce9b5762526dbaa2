import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { usageRecord, type UsageRecord } from "@causeway/contract";
import { z } from "zod";
import type { Clock } from "#platform/clock";
import { codeOf, writeFileAtomically } from "#platform/files";

/** What calls under an `Idempotency-Key` left on disk: which request they are, and their answer once there is one. Never
 *  what was asked, of which only a hash is kept. Outlives kill -9; bounded in age, number and bytes. */
export type Answers = ReturnType<typeof openAnswers>;

const kept = z.object({ record: usageRecord, body: z.string() });
const entry = z.object({
  requestId: z.string(),
  bodyHash: z.string(),
  /** How many attempts executions of this request may have used: a repeat counts on from there. */
  attempts: z.int().nonnegative(),
  answer: kept.nullable(),
});
export type AnswerEntry = z.infer<typeof entry>;
export type KeptAnswer = z.infer<typeof kept>;

export const answerLimits = {
  ageMs: 24 * 3_600_000,
  entries: 1_000,
  totalBytes: 256 * 1024 * 1024,
  /** A larger answer goes to its caller and is not kept. */
  answerBytes: 16 * 1024 * 1024,
} as const;

export type AnswerLimits = { readonly [Name in keyof typeof answerLimits]: number };

export type AnswersDeps = {
  readonly directory: string;
  readonly clock: Clock;
  readonly limits?: AnswerLimits;
};

type File = { readonly changedAtMs: number; readonly bytes: number };

export function openAnswers({ directory, clock, limits = answerLimits }: AnswersDeps) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  removeHalfWritten(directory);
  const files = listFiles(directory);
  const pathOf = (name: string) => join(directory, `${name}.json`);
  const removeSurplus = async (): Promise<void> => {
    for (const name of listSurplus(files, limits, clock.now().getTime())) {
      files.delete(name);
      await rm(pathOf(name), { force: true });
    }
  };
  const find = async (name: string): Promise<AnswerEntry | undefined> => {
    const file = files.get(name);
    if (!file || clock.now().getTime() - file.changedAtMs > limits.ageMs) return undefined;
    return readEntry(pathOf(name));
  };
  return {
    find,
    write: async (name: string, value: AnswerEntry): Promise<void> => {
      const text = JSON.stringify(value);
      await writeFileAtomically(pathOf(name), text, 0o600);
      files.delete(name);
      files.set(name, { changedAtMs: clock.now().getTime(), bytes: Buffer.byteLength(text) });
      await removeSurplus();
    },
    /** The true ends of calls whose answer was kept and whose settlement was not written any more. */
    findSettlements: async (open: readonly UsageRecord[]): Promise<Map<string, UsageRecord>> => {
      const wanted = new Set(open.map(({ id }) => id));
      const found = new Map<string, UsageRecord>();
      for (const name of files.keys()) {
        if (found.size === wanted.size) break;
        const record = (await find(name))?.answer?.record;
        if (record && wanted.has(record.id)) found.set(record.id, record);
      }
      return found;
    },
  };
}

/** Of a process that was killed while it wrote. */
function removeHalfWritten(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.endsWith(".tmp")) rmSync(join(directory, name), { force: true });
  }
}

/** Oldest first. */
function listFiles(directory: string): Map<string, File> {
  const found = readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .map((name) => {
      const { mtimeMs: changedAtMs, size: bytes } = statSync(join(directory, name));
      return [name.slice(0, -".json".length), { changedAtMs, bytes }] as const;
    });
  return new Map(found.toSorted(([, a], [, b]) => a.changedAtMs - b.changedAtMs));
}

function listSurplus(
  files: ReadonlyMap<string, File>,
  limits: AnswerLimits,
  now: number,
): string[] {
  let entries = files.size;
  let bytes = [...files.values()].reduce((sum, file) => sum + file.bytes, 0);
  const surplus: string[] = [];
  for (const [name, file] of files) {
    const isOld = now - file.changedAtMs > limits.ageMs;
    if (!isOld && entries <= limits.entries && bytes <= limits.totalBytes) break;
    surplus.push(name);
    entries -= 1;
    bytes -= file.bytes;
  }
  return surplus;
}

/** A file that is not one of ours, or of an older form, is as good as none. */
async function readEntry(path: string): Promise<AnswerEntry | undefined> {
  try {
    return entry.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (codeOf(error) === "ENOENT" || error instanceof SyntaxError || error instanceof z.ZodError) {
      return undefined;
    }
    throw error;
  }
}
