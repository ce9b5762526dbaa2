import { ConflictError, type RunView } from "@causeway/contract";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { applyEntities, readEntities } from "../catalog/apply-files.ts";
import type { Client } from "../client/client.ts";
import { waitForRun } from "../runs/watch-run.ts";
import type { Home } from "./home.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";

/** What of the example this home has taken over: file → hash of its text. What a person changed since, stays. */
const appliedFile = z.record(z.string(), z.string());

export type AppliedExample = { readonly applied: number; readonly unchanged: number };

/** Applies each file of the example, once per content, as a run of its own. */
export async function applyExample(
  client: Client,
  home: Home,
  options: {
    readonly files: readonly string[];
    readonly repositoryRoot: string;
    readonly signal: AbortSignal;
  },
): Promise<AppliedExample> {
  const record = join(home.root, "example.json");
  const known = readJsonFile(record, appliedFile) ?? {};
  let applied = 0;
  for (const path of options.files) {
    const text = readFileSync(path, "utf8");
    const hash = createHash("sha256").update(text).digest("hex");
    const name = path.slice(options.repositoryRoot.length + 1);
    if (known[name] === hash) continue;
    const entities = await readEntities(client, [{ path: name, text }]);
    const started = await applyEntities(client, `Apply ${name}`, entities);
    assertDone(await waitForRun(client, started, options.signal), name);
    known[name] = hash;
    writeJsonFile(record, known);
    applied += 1;
  }
  return { applied, unchanged: options.files.length - applied };
}

/** For runs without which a start cannot go on. */
export function assertDone(run: RunView, what: string): void {
  if (run.state === "done") return;
  const failed = run.steps.find((step) => step.error !== null);
  const error = run.error ?? failed?.error;
  const reason = error ? `: ${error.message}` : "";
  throw new ConflictError({
    code: "run_not_done",
    message: `${what} is ${run.state.replaceAll("_", " ")}${failed ? ` at the step "${failed.name}"` : ""}${reason}`,
    fix: `${error?.fix ? `${error.fix} ` : ""}Then start again: it goes on from the failed step. Started with --empty, the portal shows run ${run.id}.`,
  });
}
