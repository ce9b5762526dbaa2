import {
  chmod,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { codeOf } from "#platform/files";
import { createHome, findInstance, homePaths, type Home } from "#platform/home";
import { silentLog } from "#platform/log";
import { findProcess } from "#platform/processes";
import { startChild, type Child } from "#test/child";
import { startEmbeddedPostgres, stopLeftServer, type EmbeddedPostgres } from "./index.ts";

const script = new URL("../../../../test/start-embedded.ts", import.meta.url);

let root: string;
let home: Home;
const children: Child[] = [];

beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), "cw-embedded-"));
  await chmod(parent, 0o711);
  root = join(parent, "home");
  home = homePaths(root);
});

afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
  await stopLeftServer(await dataDirectory());
  if ((await dataDirectory()) !== home.postgres) {
    await rm(dirname(await dataDirectory()), { recursive: true, force: true });
  }
  await rm(dirname(root), { recursive: true, force: true });
});

test.each([
  ["as soon as it begins", undefined],
  ["when its first files are there", "PG_VERSION"],
  ["when it fills the system tables", "global/pg_control"],
  ["when it is nearly done", "pg_hba.conf"],
])("a platform killed in initdb %s starts anew and leaves nothing behind", async (_when, file) => {
  const child = launch();
  await child.waitFor({ message: "creating the database" });
  if (file) await untilInitdbWrote(file);
  await child.kill();

  const postgres = await start();
  expect(await answer(postgres, "select 1 as value")).toBe(1);
  await postgres.stop();
  const siblings = await readdir(dirname(await dataDirectory()));
  expect(siblings.filter((name) => name.includes(".new-"))).toEqual([]);
});

test("the server of a killed platform is taken over with everything that was committed", async () => {
  const child = launch();
  const ready = await child.waitFor({ event: "ready" });
  await query(String(ready["url"]), "create table kept as select 42 as value");
  await child.kill();

  const postgres = await start();
  expect(postgres).toMatchObject({ attached: true, pid: ready["pid"] });
  expect(await answer(postgres, "select value from kept")).toBe(42);
  await postgres.stop();
});

test("a stopped server leaves no process and no socket, and keeps its data", async () => {
  const first = await start();
  await query(first.url, "create table kept as select 42 as value");
  await first.stop();
  expect(await findProcess(first.pid)).toBeUndefined();
  expect(await exists(socketDirectory(first))).toBe(false);

  const second = await start();
  expect(second.attached).toBe(false);
  expect(await answer(second, "select value from kept")).toBe(42);
  await second.stop();
});

test("a server killed itself recovers what was committed", async () => {
  const first = await start();
  await query(first.url, "create table kept as select 42 as value");
  process.kill(first.pid, "SIGKILL");
  while (await findProcess(first.pid)) await sleep(10);

  const second = await start();
  expect(second.attached).toBe(false);
  expect(await answer(second, "select value from kept")).toBe(42);
  await second.stop();
});

test("a pid file whose number went to another program does not stop a start", async () => {
  await (await start()).stop();
  const file = join(await dataDirectory(), "postmaster.pid");
  await writeFile(file, `${process.pid}\n${await dataDirectory()}\n1\n5432\n/tmp\n\n0\nready\n`);

  const postgres = await start();
  expect(postgres).toMatchObject({ attached: false });
  expect(postgres.pid).not.toBe(process.pid);
  await postgres.stop();
});

test("a killed server's socket, locked by a number that another server has now, does not stop a start", async () => {
  const other = await startEmbeddedPostgres({
    home: await createHome(join(dirname(root), "other")),
    log: silentLog,
  });
  const first = await start();
  process.kill(first.pid, "SIGKILL");
  while (await findProcess(first.pid)) await sleep(10);
  await writeFile(join(socketDirectory(first), ".s.PGSQL.5432.lock"), `${other.pid}\n`);

  let second: EmbeddedPostgres;
  try {
    second = await start();
  } finally {
    await other.stop();
  }
  expect(second.attached).toBe(false);
  expect(await answer(second, "select 1 as value")).toBe(1);
  await second.stop();
});

test("a left server whose socket somebody removed is replaced", async () => {
  const first = await start();
  await rm(socketDirectory(first), { recursive: true });

  const second = await start();
  expect(second.attached).toBe(false);
  expect(await answer(second, "select 1 as value")).toBe(1);
  await second.stop();
});

test("a home that was moved brings its database along", async () => {
  const first = await start();
  await query(first.url, "create table kept as select 42 as value");
  await first.stop();
  await rename(root, `${root}-moved`);
  root = `${root}-moved`;
  home = homePaths(root);

  const second = await start();
  expect(await answer(second, "select value from kept")).toBe(42);
  await second.stop();
});

test.each([
  ["without its control file", (data: string) => rm(join(data, "global", "pg_control"))],
  [
    "with a control file cut short",
    (data: string) => truncate(join(data, "global", "pg_control"), 100),
  ],
  ["without its version", (data: string) => rm(join(data, "PG_VERSION"))],
  ["without its log", (data: string) => rm(join(data, "pg_wal"), { recursive: true })],
])("a data directory %s is refused with the way out, and left as it is", async (_what, damage) => {
  await (await start()).stop();
  const data = await dataDirectory();
  await damage(data);
  const before = (await readdir(data)).toSorted();

  await expect(start()).rejects.toMatchObject({
    code: "database_damaged",
    message: expect.stringContaining(data),
    fix: expect.stringContaining(`mv ${data} ${data}.damaged`),
  });
  expect((await readdir(data)).toSorted()).toEqual(before);
});

test("a data directory of another major version is refused with both versions", async () => {
  await (await start()).stop();
  const data = await dataDirectory();
  await writeFile(join(data, "PG_VERSION"), "15\n");

  await expect(start()).rejects.toMatchObject({
    code: "database_other_version",
    message: expect.stringMatching(/PostgreSQL 15; this release brings PostgreSQL 18/),
    fix: expect.stringContaining("DATABASE_URL"),
  });
  expect(await readFile(join(data, "PG_VERSION"), "utf8")).toBe("15\n");
});

test("a start that is called off leaves no server", async () => {
  await (await start()).stop();
  const abort = new AbortController();
  const starting = startEmbeddedPostgres({
    home,
    log: silentLog,
    signal: abort.signal,
    onProgress: (message) => {
      if (message === "starting the database") setImmediate(() => abort.abort());
    },
  });
  await expect(starting).rejects.toThrow("aborted");
  expect(await exists(join(await dataDirectory(), "postmaster.pid"))).toBe(false);
});

function launch(): Child {
  const child = startChild(script, [root]);
  children.push(child);
  return child;
}

async function start(): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ home: await createHome(root), log: silentLog });
}

/** Root under a closed TMPDIR keeps its data elsewhere. */
async function dataDirectory(): Promise<string> {
  return (await findInstance(home))?.dataDirectory ?? home.postgres;
}

const socketDirectory = (postgres: EmbeddedPostgres) =>
  new URL(postgres.url).searchParams.get("host") ?? "";

async function untilInitdbWrote(file: string): Promise<void> {
  const data = await dataDirectory();
  const hasWritten = async () => {
    const names = await readdir(dirname(data)).catch(() => []);
    const temporary = names.find((name) => name.startsWith(`${basename(data)}.new-`));
    return temporary !== undefined && (await exists(join(dirname(data), temporary, file)));
  };
  while (!(await hasWritten())) await sleep(1);
}

async function exists(path: string): Promise<boolean> {
  try {
    await readdir(path);
    return true;
  } catch (error) {
    return codeOf(error) === "ENOTDIR";
  }
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function answer(postgres: EmbeddedPostgres, text: string): Promise<unknown> {
  return (await query(postgres.url, text))[0]?.["value"];
}
