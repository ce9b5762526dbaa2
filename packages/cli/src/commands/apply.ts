import { basename, resolve } from "node:path";
import { z } from "zod";
import { applyEntities, readCatalogFiles, readEntities, refsOf } from "../catalog/apply-files.ts";
import { clientOf, defineCommand } from "../command.ts";
import { finishRun } from "../runs/finish-run.ts";
import { shortRef } from "../terminal/format-value.ts";

export const apply = defineCommand({
  name: "apply",
  group: "Catalog",
  summary: "Register or change entities from files",
  description:
    "Checks the files, then applies all their entities in one run. One wrong place stops all of it: every wrong place " +
    "is shown with file, line and column, and nothing is changed.",
  examples: [
    ["causeway apply -f examples/acme/catalog/organisation.yaml", "one file"],
    ["causeway apply -f catalog/", "every YAML and JSON file below a folder"],
  ],
  configure: (command) => command.requiredOption("-f, --file <file-or-folder>", "what to apply"),
  input: z.object({ file: z.string(), json: z.boolean() }),
  run: async (input, context) => {
    const client = clientOf(context);
    const files = readCatalogFiles(resolve(context.cwd, input.file));
    const entities = await readEntities(client, files);
    if (!input.json) {
      for (const ref of refsOf(entities)) context.output.print(`  ${shortRef(ref)}`);
    }
    const run = await applyEntities(client, `Apply ${basename(input.file)}`, entities);
    return finishRun(client, run, { context, wait: true, json: input.json });
  },
});
