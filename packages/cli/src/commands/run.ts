import { InvalidError, type RunView } from "@causeway/contract";
import { z } from "zod";
import { cancelRun, getRun, retryRun, startRun } from "../client/api.ts";
import type { Client } from "../client/client.ts";
import { clientOf, defineCommand, printResult, type CommandContext } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { finishRun } from "../runs/finish-run.ts";
import { runEndLine } from "../runs/run-lines.ts";
import { nextMoves } from "../runs/next-move.ts";

export const run = defineCommand({
  name: "run",
  group: "Runs",
  summary: "Start a previewed plan, or go on with a failed run",
  description:
    "Starts a plan that was previewed with `causeway plan`, under the hash that was shown then. A failed run goes on " +
    "from its failed step; a running one is watched.",
  examples: [
    ["causeway run run_01h2xcejqtf2nbrexx3vqjhp41", "start it and watch it to its end"],
    ["causeway run run_01h2xcejqtf2nbrexx3vqjhp41 --no-wait", "start it and return"],
    ["causeway run run_01h2xcejqtf2nbrexx3vqjhp41 --cancel", "give it up instead"],
  ],
  configure: (command) =>
    command
      .argument("<id>", "the plan or run")
      .option("--cancel", "give the plan or run up instead", false)
      .option("--no-wait", "return once it is started instead of watching it"),
  input: z.object({ id: z.string(), cancel: z.boolean(), wait: z.boolean(), json: z.boolean() }),
  run: async (input, context: CommandContext) => {
    const client = clientOf(context);
    if (input.cancel) {
      const cancelled = await cancelRun(client, input.id);
      const lines = [runEndLine(cancelled, context.output.style)];
      printResult(context, input, { document: cancelled, lines });
      return exitCodes.done;
    }
    const view = await setGoing(client, await getRun(client, input.id));
    return finishRun(client, view, { context, ...input });
  },
});

async function setGoing(client: Client, view: RunView): Promise<RunView> {
  switch (nextMoves[view.state]) {
    case "start":
      return startRun(client, view);
    case "retry":
      return retryRun(client, view.id);
    case "watch":
    case "approve":
      return view;
    case "none":
      throw new InvalidError({
        code: "run_at_rest",
        message: `Run ${view.id} is ${view.state.replaceAll("_", " ")}: there is nothing to start`,
        fix: "Make a new plan with `causeway plan` or `causeway create`.",
      });
  }
}
