import { runState, type RunSummary } from "@causeway/contract";
import { z } from "zod";
import { getRun, listRuns } from "../client/api.ts";
import { clientOf, defineCommand, printResult } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { previewLines, runLines, stateText } from "../runs/run-lines.ts";
import { formatElapsed, formatTime, shortRef } from "../terminal/format-value.ts";
import { tableLines } from "../terminal/table.ts";
import type { Style } from "../terminal/style.ts";

export const runs = defineCommand({
  name: "runs",
  group: "Runs",
  summary: "List the runs, or show one",
  examples: [
    ["causeway runs", "the newest runs"],
    ["causeway runs --state failed", "only those that failed"],
    ["causeway runs run_01h2xcejqtf2nbrexx3vqjhp41", "one run: steps, errors, results"],
  ],
  configure: (command) =>
    command
      .argument("[id]", "the run to show")
      .option("--state <state>", `only runs in this state: ${runState.options.join(", ")}`)
      .option("--limit <count>", "how many runs to list", "20")
      .option("--preview", "with an id: show what the plan would change, too", false),
  input: z.object({
    id: z.string().optional(),
    state: runState.optional(),
    limit: z.coerce.number().int().min(1).max(200),
    preview: z.boolean(),
    json: z.boolean(),
  }),
  run: async (input, context) => {
    const client = clientOf(context);
    const { style } = context.output;
    if (input.id !== undefined) {
      const run = await getRun(client, input.id);
      const preview = input.preview && run.preview ? ["", ...previewLines(run.preview, style)] : [];
      printResult(context, input, { document: run, lines: [...runLines(run, style), ...preview] });
      return exitCodes.done;
    }
    const state = input.state === undefined ? {} : { state: input.state };
    const page = await listRuns(client, { ...state, limit: input.limit });
    const lines = page.items.length === 0 ? ["No runs."] : runTable(page.items, style);
    printResult(context, input, { document: page, lines });
    return exitCodes.done;
  },
});

function runTable(items: readonly RunSummary[], style: Style): string[] {
  return tableLines(
    items,
    [
      { title: "RUN", value: (run) => run.id },
      { title: "STATE", value: (run) => stateText(run.state, style) },
      { title: "STEPS", value: (run) => `${run.stepsDone}/${run.stepsTotal}`, align: "right" },
      { title: "CREATED", value: (run) => formatTime(run.createdAt) },
      {
        title: "TOOK",
        value: (run) => formatElapsed(run.startedAt, run.finishedAt),
        align: "right",
      },
      { title: "BY", value: (run) => shortRef(run.principal) },
      { title: "TITLE", value: (run) => run.title },
    ],
    style,
  );
}
