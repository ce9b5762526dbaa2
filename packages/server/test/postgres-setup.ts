import { chmod, mkdir, mkdtemp, readdir, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "pg";
import type { TestProject } from "vitest/node";
import { openDatabase } from "#platform/db/database";
import { startEmbeddedPostgres, stopLeftServer } from "#platform/db/embedded/index";
import { migrate } from "#platform/db/migrate";
import { createHome, findInstance, homePaths, type Home } from "#platform/home";
import { findHomeOwner, lockHome } from "#platform/home-lock";
import { silentLog } from "#platform/log";
import { template, withDatabase } from "./server-url.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the run's server; test files clone `template` into databases of their own. */
    postgresUrl: string;
  }
}

type Running = { readonly url: string; stop(): Promise<void> };
type Holder = { running?: Promise<Running>; users: number };

/** Vitest calls this once a project that has files to run, each time with a fresh module; the projects of one run share
 *  one server through this symbol. */
const holderKey = Symbol.for("causeway.test.postgres");

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const holder = holderOf(globalThis);
  holder.users += 1;
  holder.running ??= start();
  const running = await holder.running;
  project.provide("postgresUrl", running.url);
  return async () => {
    holder.users -= 1;
    if (holder.users > 0) return;
    delete holder.running;
    await running.stop();
  };
}

function holderOf(scope: object): Holder {
  const known: { [holderKey]?: Holder } = scope;
  known[holderKey] ??= { users: 0 };
  return known[holderKey];
}

async function start(): Promise<Running> {
  const parent = join(tmpdir(), `causeway-test-${process.getuid?.() ?? 0}`);
  await mkdir(parent, { recursive: true, mode: 0o711 });
  await removeLeftHomes(parent);
  const directory = await mkdtemp(join(parent, "run-"));
  // As root the server runs as another user, who must pass through.
  await chmod(directory, 0o711);
  const home = await createHome(join(directory, "home"));
  const lock = await lockHome(home);
  const postgres = await startEmbeddedPostgres({ home, log: silentLog, durability: "none" });
  await makeTemplate(postgres.url);
  return {
    url: postgres.url,
    stop: async () => {
      await postgres.stop();
      await lock.release();
      await removeHome(home);
    },
  };
}

/** Of test runs that were killed: their servers live on. */
async function removeLeftHomes(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const home = homePaths(join(parent, name, "home"));
    const instance = await findInstance(home).catch(() => undefined);
    if (!instance || (await findHomeOwner(home))) continue;
    await stopLeftServer(instance.dataDirectory);
    await removeHome(home);
  }
}

/** With its data, which lies elsewhere when TMPDIR is closed to the database's user. */
async function removeHome(home: Home): Promise<void> {
  const instance = await findInstance(home);
  if (instance && instance.dataDirectory !== home.postgres) {
    await rm(dirname(instance.dataDirectory), { recursive: true, force: true });
  }
  await rm(dirname(home.root), { recursive: true, force: true });
  // The parent goes with the last run on this machine.
  await rmdir(dirname(dirname(home.root))).catch(() => {});
}

async function makeTemplate(url: string): Promise<void> {
  const database = openDatabase({ url, maxConnections: 1 });
  try {
    await migrate(database.db);
  } finally {
    await database.close();
  }
  const admin = new Client({ connectionString: withDatabase(url, "postgres") });
  await admin.connect();
  try {
    await admin.query(`create database ${template} template causeway`);
    await admin.query(`alter database ${template} is_template true allow_connections false`);
  } finally {
    await admin.end();
  }
}
