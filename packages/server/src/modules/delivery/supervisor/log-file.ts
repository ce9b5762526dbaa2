import { appendFile, mkdir, readFile, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { serviceLogLine, type ServiceLogLine } from "@causeway/contract";
import type { Clock } from "#platform/clock";
import type { Log } from "#platform/log";

/** The newest lines of a service: in memory for readers, in two files that take turns for whoever comes later. */
export type ServiceLog = {
  write(stream: ServiceLogLine["stream"], text: string): void;
  /** Lines after `after`, the newest `limit` of them. */
  list(range: { readonly after: number; readonly limit: number }): ServiceLogLine[];
  subscribe(listener: (line: ServiceLogLine) => void): () => void;
  /** Resolves when all that was written until now is on disk. */
  flush(): Promise<void>;
};

const keptLines = 1_000;
const fileBytes = 1_048_576;

export type LogFileDeps = { readonly path: string; readonly clock: Clock; readonly log: Log };

export async function openServiceLog(deps: LogFileDeps): Promise<ServiceLog> {
  await mkdir(dirname(deps.path), { recursive: true, mode: 0o700 });
  const lines = await readTail(deps.path);
  const listeners = new Set<(line: ServiceLogLine) => void>();
  const file = writeInTurns(deps);
  let seq = lines.at(-1)?.seq ?? 0;
  return {
    write: (stream, text) => {
      seq += 1;
      const line = { seq, at: deps.clock.now().toISOString(), stream, text };
      lines.push(line);
      if (lines.length > keptLines) lines.splice(0, lines.length - keptLines);
      file.append(`${JSON.stringify(line)}\n`);
      for (const listener of listeners) listener(line);
    },
    list: ({ after, limit }) => lines.filter((line) => line.seq > after).slice(-limit),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    flush: file.flush,
  };
}

/** One write at a time; what comes meanwhile goes together. A full disk costs log lines, never the service. */
function writeInTurns({ path, log }: LogFileDeps) {
  let waiting = "";
  let writing: Promise<void> | undefined;
  let size: number | undefined;
  const drain = async (): Promise<void> => {
    while (waiting !== "") {
      const text = waiting;
      waiting = "";
      try {
        size ??= await sizeOf(path);
        if (size > fileBytes) {
          await rename(path, `${path}.1`);
          size = 0;
        }
        await appendFile(path, text, { mode: 0o600 });
        size += Buffer.byteLength(text);
      } catch (error) {
        log.warn({ path, error: String(error) }, "log lines of a service were lost");
      }
    }
    writing = undefined;
  };
  return {
    append: (text: string): void => {
      waiting += text;
      writing ??= drain();
    },
    flush: async (): Promise<void> => {
      await writing;
    },
  };
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.size ?? 0;
}

async function readTail(path: string): Promise<ServiceLogLine[]> {
  const texts = await Promise.all(
    [`${path}.1`, path].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  return texts
    .join("")
    .split("\n")
    .slice(-keptLines - 1)
    .flatMap(parseLine);
}

/** The last line may be half: the process was killed while it wrote. */
function parseLine(text: string): ServiceLogLine[] {
  try {
    const parsed = serviceLogLine.safeParse(JSON.parse(text));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
