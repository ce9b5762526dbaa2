import { InvalidError } from "@causeway/contract";
import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Where a platform of this machine keeps everything. */
export type Home = {
  readonly root: string;
  readonly ready: string;
  readonly logs: string;
  readonly run: string;
  readonly lock: string;
  readonly services: string;
};

export type HomeSources = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly repositoryRoot: string;
};

export function findHome({ env, cwd, repositoryRoot }: HomeSources): Home {
  const setting = env["CAUSEWAY_HOME"];
  const root = setting ? resolve(cwd, setting) : join(repositoryRoot, ".causeway");
  return {
    root,
    ready: join(root, "ready.json"),
    logs: join(root, "logs"),
    run: join(root, "run"),
    lock: join(root, "lock"),
    services: join(root, "run", "services"),
  };
}

/** Makes the folders that a start needs; private, because they hold secrets. */
export function prepareHome(home: Home): void {
  try {
    for (const folder of [home.root, home.logs, home.run]) {
      // As root the database runs under an unprivileged user, who must pass through (not list).
      const isPassage = folder === home.root && process.getuid?.() === 0;
      makeFolder(folder, isPassage ? 0o711 : 0o700);
    }
    accessSync(home.root, constants.W_OK);
  } catch (error) {
    throw new InvalidError({
      code: "home_not_writable",
      message: `The data folder ${home.root} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      fix: "Make it writable for this user, or choose another one with CAUSEWAY_HOME.",
      cause: error,
    });
  }
}

/** Not Node's own `recursive`: below /proc it never ends and takes all memory (seen with Node 26.10). */
function makeFolder(folder: string, mode: number): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent, 0o755);
  mkdirSync(folder, { mode });
}
