import { z } from "zod";
import { createRun, issueKeySecret } from "../client/api.ts";
import { clientOf, defineCommand, printResult } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { finishRun } from "../runs/finish-run.ts";
import { keyIdOf, keyPlan } from "../runs/key-plan.ts";
import { waitForRun } from "../runs/watch-run.ts";

const list = (text: string) => text.split(",").map((part) => part.trim());

export const keyCreate = defineCommand({
  name: "key create",
  group: "Services and spend",
  summary: "Make a virtual key for the model gateway",
  description:
    "Makes a key through a run and prints its secret, once: only a hash is kept. All calls with it are the principal's.",
  examples: [
    [
      "causeway key create --name notebook --principal user:developer --owner group:product --budget budget:developer",
      "a key for a person, capped by a budget",
    ],
  ],
  configure: (command) =>
    command
      .requiredOption("--name <name>", "what people will call it")
      .requiredOption("--principal <ref>", "whose calls these are: a user, service or agent")
      .requiredOption("--owner <ref>", "the group that answers for it")
      .option("--budget <ref>", "the budget that pays; without one nothing caps it")
      .option("--routes <refs>", "routes it may use, separated by commas; default all", list)
      .option(
        "--vector-stores <refs>",
        "vector stores it may search, separated by commas",
        list,
        [],
      ),
  input: z.object({
    name: z.string(),
    principal: z.string(),
    owner: z.string(),
    budget: z.string().optional(),
    routes: z.array(z.string()).optional(),
    vectorStores: z.array(z.string()),
    json: z.boolean(),
  }),
  run: async (input, context) => {
    const client = clientOf(context);
    const started = await createRun(client, keyPlan(input), { start: true });
    const run = await waitForRun(client, started, context.signal);
    if (run.state !== "done")
      return finishRun(client, run, { context, wait: false, json: input.json });
    const keyId = keyIdOf(run);
    const issued = await issueKeySecret(client, keyId, { replaceEarlier: false });
    printResult(context, input, {
      document: { ...issued, run: run.id },
      lines: [
        `Key ${keyId} made by run ${run.id}. The secret is shown this once:`,
        issued.secret,
        context.output.style.dim(`OPENAI_BASE_URL is the platform's gateway address with /v1.`),
      ],
    });
    return exitCodes.done;
  },
});
