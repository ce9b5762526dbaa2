import { InvalidError, plan as planSchema } from "@causeway/contract";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import { z } from "zod";
import { createRun } from "../client/api.ts";
import { clientOf, defineCommand, printResult } from "../command.ts";
import { exitCodeOfRun } from "../exit-codes.ts";
import { planFromSettings } from "../forms/plan-golden-path.ts";
import { previewLines } from "../runs/run-lines.ts";
import { collect } from "./collect.ts";

export const plan = defineCommand({
  name: "plan",
  group: "Runs",
  summary: "Preview a plan without starting it",
  description:
    "Previews what a golden path, or a plan in a file, would change, what it would cost and how it could be undone. " +
    "The previewed plan is kept; `causeway run <id>` starts it.",
  examples: [
    [
      "causeway plan rag-service --set name=handbook --set owner=group:platform",
      "of a golden path",
    ],
    ["causeway plan -f plan.yaml", "of a plan in a file: title and steps"],
  ],
  configure: (command) =>
    command
      .argument("[golden-path]", "its name, as `causeway get template` lists it")
      .option("--set <name=value>", "a form value; repeat it for each field", collect, [])
      .option("-f, --file <file>", "a plan as YAML or JSON instead of a golden path"),
  input: z.object({
    goldenPath: z.string().optional(),
    set: z.array(z.string()),
    file: z.string().optional(),
    json: z.boolean(),
  }),
  run: async (input, context) => {
    const client = clientOf(context);
    const { goldenPath, file } = input;
    if ((goldenPath === undefined) === (file === undefined)) {
      throw new InvalidError({
        code: "wrong_use",
        message: "Name a golden path or give a file with -f, one of the two",
        fix: "causeway plan --help shows both.",
      });
    }
    const { style } = context.output;
    const run =
      file === undefined
        ? await planFromSettings(client, { ...input, goldenPath: goldenPath ?? "" }, context)
        : await createRun(client, readPlan(resolve(context.cwd, file)), { start: false });
    const preview = file !== undefined && run.preview ? previewLines(run.preview, style) : [];
    const lines = [...preview, `Nothing was changed. Start it: causeway run ${run.id}`];
    printResult(context, input, { document: run, lines });
    return exitCodeOfRun(run.state);
  },
});

function readPlan(file: string) {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines });
  const parsed = planSchema.safeParse(document.errors.length > 0 ? undefined : document.toJS());
  if (parsed.success) return parsed.data;
  const wrongYaml = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { path: `${file}:${line}:${col}`, message: error.message.split("\n")[0] ?? "" };
  });
  const wrongShape = parsed.error.issues.map((issue) => {
    const place = issue.path.map(String).join(".");
    const message = place === "" ? issue.message : `${place}: ${issue.message}`;
    return { path: `${file}${positionOf(document, issue.path, lines)}`, message };
  });
  throw new InvalidError({
    code: "invalid_plan",
    message: `${file} is not a plan`,
    issues: wrongYaml.length > 0 ? wrongYaml : wrongShape,
    fix: "A plan has a title and steps: {id, action, input}. GET /api/actions lists the actions.",
  });
}

/** Of the named member or, where it is missing, of the nearest one around it. */
function positionOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): string {
  const node: unknown = path.length === 0 ? document.contents : document.getIn([...path], true);
  const offset = isNode(node) ? node.range?.[0] : undefined;
  if (offset !== undefined) {
    const { line, col } = lines.linePos(offset);
    return `:${line}:${col}`;
  }
  return path.length === 0 ? "" : positionOf(document, path.slice(0, -1), lines);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new InvalidError({
      code: "unreadable_file",
      message: `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      cause: error,
    });
  }
}
