import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { access, chown, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { basename, dirname, join } from "node:path";
import { ConflictError, UnavailableError } from "@causeway/contract";
import { syncDirectory } from "#platform/files";
import type { Account } from "./account.ts";
import type { Binaries } from "./binaries.ts";

export const databaseUser = "causeway";

export type Cluster = {
  readonly binaries: Binaries;
  readonly account: Account;
  readonly dataDirectory: string;
};

/** Makes the data directory when there is none, and refuses one that this PostgreSQL cannot run on. */
export async function ensureDataDirectory(
  cluster: Cluster,
  options: { readonly onProgress: (message: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  await removeLeftovers(cluster.dataDirectory);
  const entries = await readdir(cluster.dataDirectory).catch(() => []);
  if (entries.length === 0) {
    options.onProgress("creating the database");
    await initialise(cluster, options.signal);
  }
  await assertUsable(cluster);
  await writeAccessRules(cluster);
}

/** What initdb had begun when it was killed. Its processes may still write there for a moment. */
async function removeLeftovers(dataDirectory: string): Promise<void> {
  const parent = dirname(dataDirectory);
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((entry) => entry.startsWith(temporaryPrefix(dataDirectory)))) {
    await rm(join(parent, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

function temporaryPrefix(dataDirectory: string): string {
  return `${basename(dataDirectory)}.new-`;
}

/** Into a temporary directory, then renamed: a data directory is complete or absent, whenever we are killed. */
async function initialise(cluster: Cluster, signal: AbortSignal): Promise<void> {
  const { account, dataDirectory } = cluster;
  const parent = dirname(dataDirectory);
  const suffix = randomBytes(4).toString("hex");
  const temporary = join(parent, `${temporaryPrefix(dataDirectory)}${suffix}`);
  await mkdir(parent, { recursive: true, mode: 0o711 });
  await mkdir(temporary, { mode: 0o700 });
  try {
    if (!account.isOwn) await chown(temporary, account.uid, account.gid);
    await runInitdb(cluster, { into: temporary, signal });
    await rename(temporary, dataDirectory);
    await syncDirectory(parent);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function runInitdb(
  cluster: Cluster,
  options: { readonly into: string; readonly signal: AbortSignal },
): Promise<void> {
  // The built-in locale sorts alike on every machine, and an operating system's upgrade cannot break an index.
  const locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
  const child = spawn(
    cluster.binaries.initdb,
    [
      "-D",
      options.into,
      "-U",
      databaseUser,
      "-E",
      "UTF8",
      ...locale,
      "-A",
      "peer",
      "--no-instructions",
    ],
    {
      ...spawnAs(cluster.account),
      stdio: ["ignore", "ignore", "pipe"],
      signal: options.signal,
    },
  );
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  }).catch((error: unknown) => {
    options.signal.throwIfAborted();
    throw cannotRun(cluster, { detail: String(error), cause: error });
  });
  if (code !== 0) throw cannotRun(cluster, { detail: complaint.trim() || `exit code ${code}` });
}

function cannotRun(cluster: Cluster, why: { readonly detail: string; readonly cause?: unknown }) {
  return new UnavailableError({
    code: "database_init_failed",
    message: `PostgreSQL could not make its data directory ${cluster.dataDirectory}: ${why.detail}`,
    fix: "Check free space and rights there (on Alpine the bundled PostgreSQL needs glibc), or set DATABASE_URL to a PostgreSQL 15 or newer.",
    cause: why.cause,
  });
}

/** Its own few variables, nothing of ours: our environment may hold credentials. */
export function spawnAs(account: Account) {
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
  const base = { cwd: "/", env };
  return account.isOwn ? base : { ...base, uid: account.uid, gid: account.gid };
}

async function assertUsable(cluster: Cluster): Promise<void> {
  const { dataDirectory, binaries } = cluster;
  const version = await readFile(join(dataDirectory, "PG_VERSION"), "utf8").catch(() => undefined);
  if (version === undefined) throw damaged(dataDirectory, "PG_VERSION is missing");
  if (version.trim() !== binaries.major) {
    throw new ConflictError({
      code: "database_other_version",
      message: `The data directory ${dataDirectory} was made by PostgreSQL ${version.trim()}; this release brings PostgreSQL ${binaries.major}`,
      fix: `Start the release that made it and dump it (pg_dump), then restore it here; or set DATABASE_URL to a server that has the data; or move ${dataDirectory} away to begin empty. Nothing was changed.`,
    });
  }
  for (const file of ["global/pg_control", "postgresql.conf", "pg_wal", "base"]) {
    await access(join(dataDirectory, file)).catch(() => {
      throw damaged(dataDirectory, `${file} is missing`);
    });
  }
}

export function damaged(dataDirectory: string, what: string): ConflictError {
  return new ConflictError({
    code: "database_damaged",
    message: `The data directory ${dataDirectory} is damaged: ${what}`,
    fix: `Restore it from a backup, or move it away to begin empty: mv ${dataDirectory} ${dataDirectory}.damaged. Nothing was changed.`,
  });
}

/** Only the user who runs the platform gets in: the kernel tells the server who is at the other end of the socket, so
 *  there is no password to keep, and another process of `nobody` stays out. */
async function writeAccessRules(cluster: Cluster): Promise<void> {
  const { dataDirectory } = cluster;
  const rules = {
    "pg_hba.conf": "local all all peer map=platform\n",
    "pg_ident.conf": `platform "${userInfo().username}" ${databaseUser}\n`,
  };
  for (const [name, text] of Object.entries(rules)) {
    await writeFile(join(dataDirectory, name), text);
  }
}
