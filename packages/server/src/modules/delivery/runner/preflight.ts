import { execFile } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { mkdir, readdir, readFile, realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { InvalidError, UnavailableError, type Issue } from "@causeway/contract";
import { codeOf } from "#platform/files";
import { compileDenoEnvironment, compileModuleFlags } from "../deno-flags.ts";
import { manifestFile, parseManifest, type Manifest } from "../manifest.ts";
import { judgeImports, moduleGraph, type ModuleGraph } from "../module-graph.ts";

export type PreflightDeps = { readonly deno: string; readonly denoDirectory: string };

/** Reads the manifest of the service in `folder` and everything that its modules ask for, without running them. */
export async function inspectService(
  deps: PreflightDeps,
  folder: string,
  signal: AbortSignal,
): Promise<Manifest> {
  const real = await realpath(folder);
  const manifest = parseManifest(await readManifest(real));
  // Deno follows a link inside a readable folder to wherever it leads.
  const outside = [...findPathsOutside(manifest, real), ...(await findLinksOutside(real, real))];
  if (outside.length > 0) throw refused(outside);
  const graph = await readGraph(deps, { folder: real, entry: manifest.entry }, signal);
  const findings = judgeImports(graph, real, findRealPath);
  if (findings.length === 0) return manifest;
  throw refused(
    findings.map(({ from, specifier, reason }) => ({
      path: from === undefined ? manifest.entry : shortPath(from, real),
      message: `imports ${JSON.stringify(specifier)}: ${reason}`,
    })),
  );
}

async function readManifest(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, manifestFile), "utf8");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    throw new InvalidError({
      code: "service_manifest_missing",
      message: `The commit has no file ${manifestFile} in its root`,
      fix: `Add ${manifestFile} with "runner: deno" and "entry: <file>", commit, and deploy that commit.`,
      cause: error,
    });
  }
}

/** The manifest's own paths, followed through symbolic links. */
function findPathsOutside(manifest: Manifest, folder: string): Issue[] {
  const paths = [
    { path: "entry", value: manifest.entry },
    ...manifest.files.read.map((value) => ({ path: "files.read", value })),
  ];
  return paths.flatMap(({ path, value }) => {
    const real = findRealPathOf(join(folder, value));
    if (real === undefined) return [{ path, message: `${value}: there is no such file` }];
    return isInside(real, folder)
      ? []
      : [{ path, message: `${value} is ${real}, outside the service's folder` }];
  });
}

/** Symbolic links anywhere in the copy that lead out of it, or nowhere. */
async function findLinksOutside(directory: string, folder: string): Promise<Issue[]> {
  const issues: Issue[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) issues.push(...(await findLinksOutside(path, folder)));
    if (!entry.isSymbolicLink()) continue;
    const real = findRealPathOf(path);
    if (real !== undefined && isInside(real, folder)) continue;
    const message = `is a symbolic link to ${real ?? "nothing"}, outside the service's folder`;
    issues.push({ path: relative(folder, path), message });
  }
  return issues;
}

async function readGraph(
  deps: PreflightDeps,
  service: { readonly folder: string; readonly entry: string },
  signal: AbortSignal,
): Promise<ModuleGraph> {
  const hasNodeModules = existsSync(join(service.folder, "node_modules"));
  await mkdir(deps.denoDirectory, { recursive: true });
  const args = [
    "info",
    "--json",
    ...compileModuleFlags({ hasNodeModules }),
    join(service.folder, service.entry),
  ];
  const env = compileDenoEnvironment({ denoDirectory: deps.denoDirectory, hasNodeModules });
  const text = await runDeno({ ...deps, args, env, cwd: service.folder }, signal);
  return moduleGraph.parse(JSON.parse(text));
}

type DenoCall = {
  readonly deno: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
};

function runDeno(call: DenoCall, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      env: call.env,
      cwd: call.cwd,
      signal,
      timeout: 30_000,
      maxBuffer: 64 * 1024 * 1024,
    };
    execFile(call.deno, [...call.args], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (signal.aborted) return reject(error);
      reject(
        new UnavailableError({
          code: "preflight_failed",
          message: `The modules of the service could not be read: ${stderr.trim() || error.message}`,
          fix: "Run the service's own checks on that commit, mend it, and deploy again.",
          cause: error,
        }),
      );
    });
  });
}

function findRealPath(url: string): string | undefined {
  return findRealPathOf(fileURLToPath(url));
}

function findRealPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

function shortPath(url: string, folder: string): string {
  return url.startsWith("file:") ? relative(folder, fileURLToPath(url)) : url.slice(0, 60);
}

function refused(issues: readonly Issue[]): InvalidError {
  return new InvalidError({
    code: "service_reaches_outside",
    message: `The service was not started. ${issues.map((i) => `${i.path} ${i.message}`).join("; ")}`,
    fix: "Bring what the service needs into its own repository, commit, and deploy that commit.",
    issues,
  });
}
