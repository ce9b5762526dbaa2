import type { LogLevel, RunLogLine } from "@causeway/contract";
import type { Clock } from "#platform/clock";
import { redact } from "../redact.ts";
import type { LiveWrite, Progress } from "../store/engine.ts";

/** Log lines and progress of a run on their way to the table: written in batches between boundaries, and with each
 *  boundary, so that a step's lines are there when its end is. A line stays here until a write holding it succeeded. */
export type LiveLog = {
  add(stepId: string | null, level: LogLevel, message: string): void;
  progress(stepId: string, progress: Progress): void;
  /** Everything not known to be written; progress only once. */
  take(): LiveWrite;
  written(lines: readonly RunLogLine[]): void;
};

const maxLength = 16_000;

export function createLiveLog(options: {
  readonly clock: Clock;
  readonly lastSeq: number;
  /** Called when something waits to be written. */
  readonly onWaiting: () => void;
}): LiveLog {
  let seq = options.lastSeq;
  let waiting: RunLogLine[] = [];
  const progress = new Map<string, Progress>();
  return {
    add: (stepId, level, message) => {
      seq += 1;
      waiting.push({
        seq,
        at: options.clock.now().toISOString(),
        stepId,
        level,
        message: clean(message),
      });
      options.onWaiting();
    },
    progress: (stepId, latest) => {
      progress.set(stepId, latest);
      options.onWaiting();
    },
    take: () => {
      const latest = [...progress].map(([id, value]) => ({ id, progress: value }));
      progress.clear();
      // A copy: lines that come while these are written must not count as written.
      return { lines: [...waiting], progress: latest };
    },
    written: (lines) => {
      const last = lines.at(-1)?.seq ?? 0;
      waiting = waiting.filter((line) => line.seq > last);
    },
  };
}

/** A text column takes neither NUL nor half a surrogate pair. */
function clean(message: string): string {
  return redact(message.replaceAll("\0", "")).slice(0, maxLength).toWellFormed();
}
