import { isRunAtRest, type RunView } from "@causeway/contract";
import type { Client } from "../client/client.ts";
import { printResult, type CommandContext } from "../command.ts";
import { exitCodeOfRun, type ExitCode } from "../exit-codes.ts";
import { nextMoves } from "./next-move.ts";
import { outputLines, runEndLine } from "./run-lines.ts";
import { showRun } from "./show-run.ts";

export type FinishRunOptions = {
  readonly context: CommandContext;
  readonly wait: boolean;
  readonly json: boolean;
};

/** Watches a started run to its end, prints how it ended and what to do next, and says it as an exit code. */
export async function finishRun(
  client: Client,
  started: RunView,
  { context, wait, json }: FinishRunOptions,
): Promise<ExitCode> {
  const { output, signal } = context;
  const watch = wait && !isRunAtRest(started.state) && started.state !== "waiting_approval";
  const progress = json ? "silent" : "shown";
  const run = watch ? await showRun(client, started.id, { output, signal, progress }) : started;
  const lines = [runEndLine(run, output.style), ...errorLines(run, output.style.bad)];
  printResult(
    context,
    { json },
    {
      document: run,
      lines: [...lines, ...outputLines(run, output.style), ...nextLines(run)],
    },
  );
  return exitCodeOfRun(run.state);
}

function errorLines(run: RunView, bad: (text: string) => string): string[] {
  const failed = run.steps.find((step) => step.state === "failed");
  const error = run.error ?? failed?.error;
  if (!error) return [];
  const where = failed ? `${failed.name}: ` : "";
  return [bad(`${where}${error.message}`), ...(error.fix ? [error.fix] : [])];
}

function nextLines(run: RunView): string[] {
  switch (nextMoves[run.state]) {
    case "retry":
      return [`Retry from the failed step: causeway run ${run.id}`];
    case "approve":
      return [`Waiting for approval; it goes on by itself then. See: causeway runs ${run.id}`];
    case "watch":
      return [`Watch it: causeway run ${run.id}`];
    case "start":
      return [`Start it: causeway run ${run.id}`];
    case "none":
      return [];
  }
}
