import type { RunStreamEvent, RunView } from "@causeway/contract";
import type { Client } from "../client/client.ts";
import { startLiveRegion } from "../terminal/live-region.ts";
import type { Output } from "../terminal/output.ts";
import type { Style } from "../terminal/style.ts";
import { unseenRun, type WatchedRun } from "./fold-run.ts";
import { stepLine, stepSign, watchedRunLines } from "./run-lines.ts";
import { watchRun } from "./watch-run.ts";

export type ShowRunOptions = {
  readonly output: Output;
  readonly signal: AbortSignal;
  /** `silent` for `--json`, where only the end is printed. */
  readonly progress: "shown" | "silent";
};

/** Watches a run and shows it: as a live picture on a terminal, as lines elsewhere. */
export async function showRun(
  client: Client,
  runId: string,
  { output, signal, progress }: ShowRunOptions,
): Promise<RunView> {
  if (progress === "silent") return watchRun(client, runId, { signal, onEvent: () => {} });
  if (!output.isTerminal) {
    const onEvent = (event: RunStreamEvent) => output.print(...plainLines(event, output.style));
    return watchRun(client, runId, { signal, onEvent });
  }
  let seen: WatchedRun = unseenRun;
  const region = startLiveRegion(output, (spinner) => watchedRunLines(seen, output.style, spinner));
  try {
    return await watchRun(client, runId, { signal, onEvent: (_event, run) => (seen = run) });
  } finally {
    region.stop();
    output.print(...watchedRunLines({ ...seen, logTail: [] }, output.style, "●"));
  }
}

/** What a log file or a CI job shows of one event. */
export function plainLines(event: RunStreamEvent, style: Style): string[] {
  if (event.kind === "log") return [style.dim(`  │ ${event.line.message}`)];
  if (event.kind !== "step") return [];
  const { step } = event;
  if (step.state === "pending" || step.state === "running" || step.state === "undoing") return [];
  const reason = step.error ? [`    ${step.error.message}`] : [];
  return [stepLine(step, style, stepSign(step.state, style)), ...reason];
}
