import { randomBytes } from "node:crypto";
import { access, chmod, constants, mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { InvalidError } from "@causeway/contract";
import { newSecret } from "./ids.ts";
import { codeOf, writeFileAtomically } from "./files.ts";

/** Where everything of one platform lies. Removing the directory removes the platform (as root with an unreachable
 *  home also the directory that `instance.json` names). */
export type Home = {
  readonly root: string;
  /** The process that owns this home, see home-lock.ts. */
  readonly lock: string;
  /** Id of this platform and where its database lies. */
  readonly instance: string;
  /** Written last at a start, removed on stop. */
  readonly ready: string;
  readonly postgres: string;
  readonly repositories: string;
  readonly workspaces: string;
  readonly services: string;
  readonly logs: string;
  readonly gateway: { readonly root: string; readonly snapshot: string; readonly spool: string };
  readonly secrets: string;
  readonly run: {
    readonly root: string;
    readonly control: string;
    readonly gateway: string;
    readonly services: string;
  };
};

export function homePaths(root: string): Home {
  const gateway = join(root, "gateway");
  const run = join(root, "run");
  return {
    root,
    lock: join(root, "lock"),
    instance: join(root, "instance.json"),
    ready: join(root, "ready.json"),
    postgres: join(root, "postgres"),
    repositories: join(root, "repos"),
    workspaces: join(root, "workspaces"),
    services: join(root, "services"),
    logs: join(root, "logs"),
    gateway: {
      root: gateway,
      snapshot: join(gateway, "snapshot.json"),
      spool: join(gateway, "spool"),
    },
    secrets: join(root, "secrets"),
    run: {
      root: run,
      control: join(run, "control.json"),
      gateway: join(run, "gateway.json"),
      services: join(run, "services"),
    },
  };
}

/** Makes what is missing. Nobody else may read it; as root others may pass through the top (not list it), because the
 *  database runs under an unprivileged user there. */
export async function createHome(root: string): Promise<Home> {
  const home = homePaths(root);
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
    if (process.getuid?.() === 0) await openPassage(root);
    const inside = [
      home.repositories,
      home.workspaces,
      home.services,
      home.logs,
      home.gateway.spool,
      home.secrets,
      home.run.services,
    ];
    for (const directory of inside) await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const directory of [root, ...inside]) {
      await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    }
  } catch (error) {
    throw new InvalidError({
      code: "home_unusable",
      message: `CAUSEWAY_HOME ${root} cannot be used: ${String(error)}`,
      fix: "Choose a directory that you may write, for example CAUSEWAY_HOME=$HOME/.causeway.",
      cause: error,
    });
  }
  return home;
}

/** Also for a directory that was there before: with a closed one the data would have to lie elsewhere, and stay behind
 *  when somebody removes the home. */
async function openPassage(root: string): Promise<void> {
  const { mode, uid } = await stat(root);
  if (uid === 0) await chmod(root, (mode & 0o777) | 0o011);
}

/** A secret of this platform, made at first use and kept in a file that only its owner can read. */
export async function readOrCreateSecretFile(home: Home, name: string): Promise<string> {
  const path = join(home.secrets, name);
  const existing = await findText(path);
  if (existing) return existing.trim();
  const secret = newSecret("cw");
  await writeFileAtomically(path, `${secret}\n`, 0o600);
  return secret;
}

export type Instance = { readonly id: string; readonly dataDirectory: string };

export async function findInstance(home: Home): Promise<Instance | undefined> {
  const text = await findText(home.instance);
  if (text === undefined) return undefined;
  const parsed: unknown = parseJson(text);
  if (
    typeof parsed === "object" &&
    parsed !== null &&
    "id" in parsed &&
    "dataDirectory" in parsed &&
    typeof parsed.id === "string" &&
    typeof parsed.dataDirectory === "string"
  ) {
    return { id: parsed.id, dataDirectory: parsed.dataDirectory };
  }
  throw new InvalidError({
    code: "instance_damaged",
    message: `${home.instance} is not what the platform wrote there`,
    fix: "Restore it from a backup of CAUSEWAY_HOME, or start with an empty CAUSEWAY_HOME.",
  });
}

export async function recordInstance(home: Home, instance: Instance): Promise<void> {
  await writeFileAtomically(home.instance, `${JSON.stringify(instance, null, 2)}\n`, 0o600);
}

/** Short, because it becomes part of a Unix socket's path (limit about 100 characters). */
export function newInstanceId(): string {
  return randomBytes(5).toString("hex");
}

async function findText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
