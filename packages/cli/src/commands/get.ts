import { parseEntityRef, refOfEntity, type Entity } from "@causeway/contract";
import { stringify } from "yaml";
import { z } from "zod";
import { getEntity, listEntities } from "../client/api.ts";
import { clientOf, defineCommand, printResult } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { shortRef } from "../terminal/format-value.ts";
import { cutTo } from "../terminal/style.ts";
import { tableLines } from "../terminal/table.ts";

export const get = defineCommand({
  name: "get",
  group: "Catalog",
  summary: "Show entities of the catalog",
  examples: [
    ["causeway get component", "all components"],
    ["causeway get template rag-service", "one entity as YAML"],
    ["causeway get budget -o json", "all budgets as JSON"],
  ],
  configure: (command) =>
    command
      .argument("<kind>", "component, template, group, user, model, route, budget, …")
      .argument("[name]", "one entity: name, or namespace/name")
      .option("-o, --output <format>", "yaml, json or table"),
  input: z.object({
    kind: z.string().min(1),
    name: z.string().optional(),
    output: z.enum(["yaml", "json", "table"]).optional(),
    json: z.boolean(),
  }),
  run: async (input, context) => {
    const client = clientOf(context);
    const kind = singular(input.kind);
    const asJson = input.json || input.output === "json";
    if (input.name !== undefined) {
      const entity = await getEntity(client, parseEntityRef(input.name, { kind }));
      const lines = input.output === "table" ? table([entity]) : [stringify(entity).trimEnd()];
      printResult(context, { json: asJson }, { document: entity, lines });
      return exitCodes.done;
    }
    const entities = await listEntities(client, [`kind=${kind}`]);
    const yaml = entities.map((entity) => stringify(entity).trimEnd()).join("\n---\n");
    const empty = `The catalog holds no ${kind}.`;
    const lines =
      entities.length === 0 ? [empty] : input.output === "yaml" ? [yaml] : table(entities);
    printResult(context, { json: asJson }, { document: { items: entities }, lines });
    return exitCodes.done;

    function table(items: readonly Entity[]): string[] {
      const { output } = context;
      const lines = tableLines(
        items,
        [
          { title: "REF", value: (entity) => shortRef(refOfEntity(entity)) },
          { title: "OWNER", value: ownerOf },
          { title: "TITLE", value: (entity) => entity.metadata.title ?? entity.metadata.name },
          { title: "DESCRIPTION", value: (entity) => entity.metadata.description ?? "" },
        ],
        output.style,
      );
      return output.isTerminal ? lines.map((line) => cutTo(line, output.columns())) : lines;
    }
  },
});

function ownerOf(entity: Entity): string {
  const owner = entity.spec?.["owner"];
  return typeof owner === "string" ? shortRef(owner) : "";
}

/** `components` means component; the catalog itself knows only the singular. */
function singular(kind: string): string {
  return kind.toLowerCase().replace(/(?<=.)s$/, "");
}
