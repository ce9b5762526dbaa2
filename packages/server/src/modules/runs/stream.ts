import { isRunAtRest, type RunStreamEvent } from "@causeway/contract";
import type { EventStream } from "#platform/sse";
import { createBell, type RunSignals } from "./engine/signals.ts";
import type { RunService } from "./service.ts";
import { diffRuns } from "./watch.ts";

/** How long a watcher trusts that it would have been told: signals may be lost. */
const lookAgainMs = 2_000;
/** A busy run signals more often than a person can read. */
const restMs = 40;
const linesAtOnce = 500;

/** Follows a run until it is at rest or the watcher is gone. Truth is read from the tables; a signal only says when. */
export async function streamRun(
  { service, signals }: { readonly service: RunService; readonly signals: RunSignals },
  { runId, afterLog }: { readonly runId: string; readonly afterLog: number },
  stream: EventStream,
): Promise<void> {
  const bell = createBell();
  const unwatch = signals.watch(runId, bell.ring);
  const send = (event: RunStreamEvent): Promise<void> =>
    stream.send({
      event: event.kind,
      data: event,
      ...(event.kind === "log" ? { id: String(event.line.seq) } : {}),
    });
  const sendLog = async (after: number): Promise<number> => {
    let last = after;
    for (;;) {
      const lines = await service.listLogs(runId, { after: last, limit: linesAtOnce });
      for (const line of lines) await send({ kind: "log", line });
      last = lines.at(-1)?.seq ?? last;
      if (lines.length < linesAtOnce || stream.signal.aborted) return last;
    }
  };
  try {
    let run = await service.get(runId);
    let lastLog = afterLog;
    await send({ kind: "run", run });
    while (!stream.signal.aborted) {
      // The log first: when the state says that it is over, every line has been told.
      const now = await service.get(runId);
      lastLog = await sendLog(lastLog);
      for (const event of diffRuns(run, now)) await send(event);
      run = now;
      if (isRunAtRest(run.state)) {
        await sendLog(lastLog);
        await send({ kind: "end", state: run.state });
        return;
      }
      await bell.wait(lookAgainMs, stream.signal);
      await pause(restMs);
    }
  } finally {
    unwatch();
    stream.close();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
