import { chmod, chown, lstat, mkdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ConflictError, UnavailableError } from "@causeway/contract";
import { codeOf, writeFileAtomically } from "#platform/files";
import {
  findInstance,
  homePaths,
  newInstanceId,
  recordInstance,
  type Home,
  type Instance,
} from "#platform/home";
import { canReach, type Account } from "./account.ts";

/** For what the database's user must reach when it cannot reach home (root with a clone under /root). */
export const systemDirectory = "/var/lib/causeway";

export type Placement = { readonly dataDirectory: string; readonly socketDirectory: string };

/** Where data and socket lie. The choice of the first start is recorded in `instance.json` and kept: a change of some
 *  directory's mode must not make the platform begin again with an empty database. */
export async function choosePlacement(home: Home, account: Account): Promise<Placement> {
  const recorded = await findInstance(home);
  const instance = recorded
    ? await reclaim(home, recorded)
    : await record(home, await chooseDataDirectory(home, account));
  return {
    dataDirectory: instance.dataDirectory,
    socketDirectory: await socketDirectoryFor(instance.id, account),
  };
}

async function record(home: Home, instance: Instance): Promise<Instance> {
  await recordInstance(home, instance);
  if (isOutside(instance)) await claim(home, instance);
  return instance;
}

async function chooseDataDirectory(home: Home, account: Account): Promise<Instance> {
  const id = newInstanceId();
  const isReachable = await canReach(account, home.root);
  return { id, dataDirectory: isReachable ? home.postgres : join(systemDirectory, id, "postgres") };
}

const isOutside = (instance: Instance) =>
  dirname(dirname(instance.dataDirectory)) === systemDirectory;

/** The home may have been moved or copied since. Data inside it came along, and gets an id of its own: the original may
 *  still run. Data outside belongs to one home. */
async function reclaim(home: Home, instance: Instance): Promise<Instance> {
  if (instance.dataDirectory === home.postgres) return instance;
  if (!isOutside(instance)) {
    return record(home, { id: newInstanceId(), dataDirectory: home.postgres });
  }
  await claim(home, instance);
  return instance;
}

async function claim(home: Home, instance: Instance): Promise<void> {
  const directory = dirname(instance.dataDirectory);
  const claimFile = join(directory, "home");
  await mkdir(directory, { recursive: true, mode: 0o711 });
  const owner = (await readFile(claimFile, "utf8").catch(() => "")).trim();
  if (owner === home.root) return;
  if (owner !== "") await assertMoved(owner, { home, instance });
  await writeFileAtomically(claimFile, `${home.root}\n`);
}

async function assertMoved(
  owner: string,
  now: { readonly home: Home; readonly instance: Instance },
): Promise<void> {
  const other = await findInstance(homePaths(owner)).catch(() => undefined);
  if (other?.id !== now.instance.id) return;
  throw new ConflictError({
    code: "home_copied",
    message: `${now.home.root} is a copy of ${owner}: both name the same database directory`,
    fix: `Start from ${owner}, or remove ${now.home.root} and start with an empty home.`,
  });
}

/** Short (a socket's path has a limit of about 100 characters), and nobody else's: in a directory that all may write,
 *  somebody could have put their own there first. */
async function socketDirectoryFor(id: string, account: Account): Promise<string> {
  const parent = await temporaryDirectoryFor(account);
  const directory = join(parent, `causeway-${id}`);
  try {
    await mkdir(directory, { mode: 0o700 });
    await chown(directory, account.uid, account.gid);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    await takeLeftDirectory(directory, account);
  }
  return directory;
}

async function takeLeftDirectory(directory: string, account: Account): Promise<void> {
  const info = await lstat(directory);
  const isOurs = info.uid === account.uid || info.uid === process.getuid?.();
  if (!info.isDirectory() || !isOurs) {
    throw new ConflictError({
      code: "socket_directory_taken",
      message: `${directory}, where the database's socket goes, belongs to somebody else`,
      fix: `Remove ${directory}, or set TMPDIR to a directory of your own.`,
    });
  }
  await chown(directory, account.uid, account.gid);
  await chmod(directory, 0o700);
}

async function temporaryDirectoryFor(account: Account): Promise<string> {
  for (const candidate of new Set([tmpdir(), "/tmp", "/var/tmp"])) {
    if (candidate.length <= 60 && (await canReach(account, candidate))) return candidate;
  }
  throw new UnavailableError({
    code: "no_socket_directory",
    message: `No temporary directory is short enough and open to the user that runs PostgreSQL`,
    fix: "Set TMPDIR to a short path that others can pass through, for example TMPDIR=/tmp.",
  });
}

export async function removeSocketDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}
