import { z } from "zod";
import { startRun } from "../client/api.ts";
import { clientOf, defineCommand, printResult } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { explainLines } from "../forms/form-lines.ts";
import { getForm, planFromSettings } from "../forms/plan-golden-path.ts";
import { collect } from "./collect.ts";
import { finishRun } from "../runs/finish-run.ts";

export const create = defineCommand({
  name: "create",
  group: "Runs",
  summary: "Make something from a golden path",
  description:
    "Fills a golden path's form, prints the preview of the plan and starts it at once; `causeway plan` stops after the " +
    "preview. Relative folders are meant from the present folder.",
  examples: [
    ["causeway create rag-service --explain", "the form: fields, defaults, steps"],
    [
      "causeway create rag-service --set name=handbook --set documents=./docs --set owner=group:platform",
      "a service that answers questions about the documents in ./docs",
    ],
  ],
  configure: (command) =>
    command
      .argument("<golden-path>", "its name, as `causeway get template` lists it")
      .option("--set <name=value>", "a form value; repeat it for each field", collect, [])
      .option("--explain", "show the form instead of filling it", false)
      .option("--no-wait", "return once the run is started instead of watching it"),
  input: z.object({
    goldenPath: z.string(),
    set: z.array(z.string()),
    explain: z.boolean(),
    wait: z.boolean(),
    json: z.boolean(),
  }),
  run: async (input, context) => {
    const client = clientOf(context);
    if (input.explain) {
      const form = await getForm(client, input.goldenPath);
      const lines = explainLines(form, context.output.style);
      printResult(context, input, { document: form, lines });
      return exitCodes.done;
    }
    const previewed = await planFromSettings(client, input, context);
    const started = await startRun(client, previewed);
    return finishRun(client, started, { context, ...input });
  },
});
