import { UnavailableError } from "@causeway/contract";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";

/** `none`: this checkout has no portal. */
export type PortalBuild = "built" | "unchanged" | "none";

const notSources = new Set(["node_modules", "dist", ".cache", "coverage", "test-results"]);

/** Builds the portal when its sources, or those of the contract that it shares, changed since the last build. */
export async function buildPortal(
  repositoryRoot: string,
  signal: AbortSignal,
): Promise<PortalBuild> {
  const portal = join(repositoryRoot, "packages", "portal");
  if (!existsSync(join(portal, "index.html"))) return "none";
  const hashFile = join(portal, "dist", ".sources-hash");
  const hash = hashSources([portal, join(repositoryRoot, "packages", "contract")]);
  const isBuilt = existsSync(hashFile) && existsSync(join(portal, "dist", "index.html"));
  if (isBuilt && readFileSync(hashFile, "utf8") === hash) return "unchanged";
  await runVite(portal, signal);
  writeFileSync(hashFile, hash);
  return "built";
}

function hashSources(folders: readonly string[]): string {
  const hash = createHash("sha256");
  for (const folder of folders) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .filter((path) => !path.split("/").some((part) => notSources.has(part)));
    for (const path of files.toSorted()) {
      hash
        .update(`${path}\0`)
        .update(readFileSync(join(folder, path)))
        .update("\0");
    }
  }
  return hash.digest("hex");
}

async function runVite(portal: string, signal: AbortSignal): Promise<void> {
  const require = createRequire(join(portal, "package.json"));
  const vite = join(require.resolve("vite/package.json"), "..", "bin", "vite.js");
  const child = spawn(process.execPath, [vite, "build", "--logLevel", "warn"], {
    cwd: portal,
    signal,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const listen = (piece: Buffer) => (said = `${said}${piece.toString("utf8")}`.slice(-4_000));
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return;
  throw new UnavailableError({
    code: "portal_build_failed",
    message: `The portal could not be built:\n${said.trim()}`,
    fix: "Mend what the build complains about in packages/portal, then start again.",
  });
}
