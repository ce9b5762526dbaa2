import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { UnavailableError } from "@causeway/contract";

/** The program of the npm package `deno`. Its platform packages carry it ready to run, so its install script (which
 *  only copies it) is not needed. */
export function findDeno(): string {
  const platform = platformPackage();
  try {
    const ofServer = createRequire(import.meta.url);
    // The platform package is a dependency of `deno`, not ours: it may be nested below it.
    const ofDeno = createRequire(ofServer.resolve("deno/package.json"));
    const folder = dirname(ofDeno.resolve(`${platform}/package.json`));
    const program = join(folder, process.platform === "win32" ? "deno.exe" : "deno");
    accessSync(program, constants.X_OK);
    return program;
  } catch (error) {
    throw new UnavailableError({
      code: "deno_missing",
      message: `The program Deno, in which services run, was not found (npm package ${platform})`,
      fix: "Run npm ci; Alpine Linux (musl) has no such package, use a glibc system there.",
      cause: error,
    });
  }
}

function platformPackage(): string {
  const { platform, arch } = process;
  return `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`;
}
