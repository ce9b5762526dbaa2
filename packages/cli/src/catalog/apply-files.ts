import { InvalidError, refOfEntity, type Entity, type RunView } from "@causeway/contract";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createRun, validateCatalogFile } from "../client/api.ts";
import type { Client } from "../client/client.ts";

export type CatalogFile = { readonly path: string; readonly text: string };

/** A file, or every YAML or JSON file below a folder in the order of their paths. */
export function readCatalogFiles(path: string): CatalogFile[] {
  let paths: string[];
  try {
    paths = statSync(path).isDirectory() ? listFiles(path) : [path];
    if (paths.length > 0)
      return paths.map((file) => ({ path: file, text: readFileSync(file, "utf8") }));
  } catch (error) {
    throw new InvalidError({
      code: "unreadable_file",
      message: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      cause: error,
    });
  }
  throw new InvalidError({
    code: "nothing_to_apply",
    message: `${path} holds no .yaml, .yml or .json file`,
    fix: "Name a catalog file, or a folder that holds some.",
  });
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ya?ml|json)$/.test(name) && !name.includes("node_modules"))
    .toSorted()
    .map((name) => join(folder, name));
}

/** The entities of the files. Throws with every wrong place of every file; nothing is applied then. */
export async function readEntities(
  client: Client,
  files: readonly CatalogFile[],
): Promise<Entity[]> {
  const results = await Promise.all(files.map((file) => validateCatalogFile(client, file)));
  const issues = results.flatMap((result) => result.issues);
  if (issues.length === 0) return results.flatMap((result) => result.entities);
  throw new InvalidError({
    code: "invalid_entities",
    message: `${issues.length === 1 ? "One place is" : `${issues.length} places are`} wrong; nothing was applied`,
    issues,
    fix: "Mend the places and apply again.",
  });
}

/** Applies entities through one inline run (I1). The action takes them literally, so that the `${{ }}` of a template are not
 *  taken for expressions of this plan. */
export async function applyEntities(
  client: Client,
  title: string,
  entities: readonly Entity[],
): Promise<RunView> {
  const input = { entities: JSON.parse(JSON.stringify(entities)) as never }; // entities of the API are JSON
  const steps = [{ id: "apply", action: "catalog:apply", input }];
  return createRun(client, { title, steps }, { start: true });
}

export function refsOf(entities: readonly Entity[]): string[] {
  return entities.map(refOfEntity);
}
