import { InvalidError, readyFile, UnavailableError } from "@causeway/contract";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Address } from "./client.ts";

export type AddressSources = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly repositoryRoot: string;
};

/** `CAUSEWAY_URL` and `CAUSEWAY_TOKEN` win; then the ready.json of a local platform: of `CAUSEWAY_HOME`, else of the
 *  nearest `.causeway` from the current folder upwards, else of this checkout. */
export function findAddress(sources: AddressSources): Address {
  const url = sources.env["CAUSEWAY_URL"];
  const token = sources.env["CAUSEWAY_TOKEN"];
  if (url !== undefined && url !== "") {
    return { origin: parseOrigin(url), token, source: "CAUSEWAY_URL" };
  }
  const files = readyFileCandidates(sources);
  for (const file of files) {
    const ready = readReady(file);
    if (ready) return { origin: ready.portal, token: token ?? ready.token, source: file };
  }
  throw new UnavailableError({
    code: "no_platform",
    message: `No running platform found: ${placesSearched(sources)}`,
    fix: "Start one with `npm run up`, or set CAUSEWAY_URL and CAUSEWAY_TOKEN to one that runs elsewhere.",
  });
}

function readyFileCandidates({ env, cwd, repositoryRoot }: AddressSources): string[] {
  const home = env["CAUSEWAY_HOME"];
  if (home !== undefined && home !== "") return [join(resolve(cwd, home), "ready.json")];
  const folders: string[] = [];
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    folders.push(join(folder, ".causeway", "ready.json"));
    if (dirname(folder) === folder) break;
  }
  const own = join(repositoryRoot, ".causeway", "ready.json");
  // Only places that could tell something: the nearest folders first, the checkout's own last.
  return [...new Set([...folders, own])];
}

function placesSearched({ env, repositoryRoot }: AddressSources): string {
  const home = env["CAUSEWAY_HOME"];
  return home === undefined || home === ""
    ? `no .causeway/ready.json in this folder or above it, nor in ${repositoryRoot}`
    : `no ready.json in ${home} (CAUSEWAY_HOME)`;
}

function parseOrigin(url: string): string {
  if (URL.canParse(url) && /^https?:/.test(url)) return new URL(url).origin;
  throw new InvalidError({
    code: "invalid_setting",
    message: `CAUSEWAY_URL is not an address: "${url}"`,
    fix: "Write it as CAUSEWAY_URL=http://127.0.0.1:7400",
  });
}

function readReady(file: string) {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const parsed = readyFile.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new InvalidError({
    code: "invalid_ready_file",
    message: `${file} is not a ready.json of this version`,
    fix: "Stop that platform with `npm run down` and start it again.",
    cause: parsed.error,
  });
}
