import type { GoldenPathForm, RunView } from "@causeway/contract";
import { getGoldenPath, listGoldenPaths, planGoldenPath } from "../client/api.ts";
import type { Client } from "../client/client.ts";
import type { CommandContext } from "../command.ts";
import { RequestRefusedError } from "../failure.ts";
import { previewLines } from "../runs/run-lines.ts";
import { fieldsOfForm } from "./form-fields.ts";
import { filledFormLines } from "./form-lines.ts";
import { parseSettings } from "./parse-settings.ts";

/** The form of a golden path; a wrong name answers with the names that exist. */
export async function getForm(client: Client, name: string): Promise<GoldenPathForm> {
  try {
    return await getGoldenPath(client, name);
  } catch (error) {
    if (!(error instanceof RequestRefusedError) || error.status !== 404) throw error;
    const known = (await listGoldenPaths(client)).map((path) => path.name);
    throw new RequestRefusedError({
      type: "about:blank",
      title: "Not found",
      status: 404,
      code: error.code,
      detail: `There is no golden path "${name}"`,
      fix:
        known.length === 0
          ? "Apply one: causeway apply -f <template.yaml>"
          : `Take one of: ${known.join(", ")}`,
      requestId: error.requestId ?? "",
    });
  }
}

export type PlanRequest = {
  readonly goldenPath: string;
  readonly set: readonly string[];
  readonly json: boolean;
};

/** Fills the form, plans, and shows both, on standard output or, for `--json`, not at all. */
export async function planFromSettings(
  client: Client,
  request: PlanRequest,
  context: CommandContext,
): Promise<RunView> {
  const form = await getForm(client, request.goldenPath);
  const values = parseSettings(request.set, fieldsOfForm(form), context.cwd);
  const run = await planGoldenPath(client, form.name, values);
  if (!request.json) {
    const { style, print } = context.output;
    print(style.bold(form.title), ...filledFormLines(form, values, style), "");
    if (run.preview) print(...previewLines(run.preview, style), "");
  }
  return run;
}
