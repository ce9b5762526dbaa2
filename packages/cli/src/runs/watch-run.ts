import {
  isRunAtRest,
  UnavailableError,
  type RunStreamEvent,
  type RunView,
} from "@causeway/contract";
import { setTimeout as sleep } from "node:timers/promises";
import { followRun, getRun } from "../client/api.ts";
import type { Client } from "../client/client.ts";
import { RequestRefusedError } from "../failure.ts";
import { foldRun, unseenRun, type WatchedRun } from "./fold-run.ts";

export type WatchOptions = {
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunStreamEvent, run: WatchedRun) => void;
};

/** A control plane that restarts comes back within seconds; the run itself is durable and goes on. */
const reconnectLimit = 60;
const reconnectPauseMs = 500;

/** Follows a run until it is at rest or waits for a person, over restarts of the control plane. */
export async function watchRun(
  client: Client,
  runId: string,
  { signal, onEvent }: WatchOptions,
): Promise<RunView> {
  let run = unseenRun;
  for (let failures = 0; failures < reconnectLimit; failures += 1) {
    try {
      for await (const event of followRun(client, runId, { afterLog: run.lastLogSeq, signal })) {
        failures = 0;
        run = foldRun(run, event);
        onEvent(event, run);
        if (run.ended || run.view?.state === "waiting_approval") return await getRun(client, runId);
      }
      const view = await getRun(client, runId);
      if (isRunAtRest(view.state)) return view;
    } catch (error) {
      if (signal.aborted || isFinalRefusal(error)) throw error;
    }
    await sleep(reconnectPauseMs, undefined, { signal });
  }
  throw new UnavailableError({
    code: "run_unreachable",
    message: `The platform stopped answering while run ${runId} was being watched`,
    fix: `The run is durable and goes on when the platform is back: causeway runs ${runId}`,
  });
}

function isFinalRefusal(error: unknown): boolean {
  return error instanceof RequestRefusedError && error.status < 500;
}

/** For short runs: silently to the end. */
export async function waitForRun(
  client: Client,
  started: RunView,
  signal: AbortSignal,
): Promise<RunView> {
  if (isRunAtRest(started.state) || started.state === "waiting_approval") return started;
  return watchRun(client, started.id, { signal, onEvent: () => {} });
}
