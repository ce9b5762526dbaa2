import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startChild, type Child } from "#test/child";
import { useDatabase } from "#test/database";
import { commitFiles, deployInput } from "#test/delivery";
import { healthyService, temporaryFolder } from "#test/services";
import { createHome, type Home } from "#platform/home";
import { commandOf } from "#platform/processes";
import { findDeployment } from "./store.ts";

const database = useDatabase();
const script = new URL("../../../test/run-delivery.ts", import.meta.url);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let home: Home;
const children: Child[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  home = await createHome(join(folder.path, "home"));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
  for (const pid of await listServicePids()) process.kill(pid, "SIGKILL");
  await folder.remove();
});

function start(job: Record<string, unknown>): Child {
  const child = startChild(script, [database.url, home.root, JSON.stringify(job)]);
  children.push(child);
  return child;
}

/** Every process of this home's services, whoever started it. */
async function listServicePids(): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const commands = await Promise.all(
    pids.map(async (pid) => ({ pid, command: await commandOf(pid) })),
  );
  return commands
    .filter(({ pid, command }) => pid !== process.pid && command.includes(`${home.services}/`))
    .map(({ pid }) => pid);
}

async function untilHealthy(origin: unknown, name: string): Promise<{ text: string; key: string }> {
  for (;;) {
    const answer = await request(`${String(origin)}/services/${name}/`, {
      headers: { authorization: "Bearer developer" },
    });
    if (answer.statusCode === 200)
      return (await answer.body.json()) as { text: string; key: string };
    await answer.body.dump();
    await sleep(25);
  }
}

test("after a kill -9 of the platform the orphan is ended and the service is up again with a fresh key", async () => {
  const commit = await commitFiles(home, "orphan", healthyService("still here"));
  const first = start({ key: "orphan-1", deploy: deployInput("orphan", commit) });
  const { origin } = await first.waitFor({ event: "ready" });
  const before = await untilHealthy(origin, "orphan");
  const orphans = await listServicePids();
  expect(orphans).toHaveLength(1);
  await first.kill();
  expect(await listServicePids()).toEqual(orphans);

  const second = start({ key: "none" });
  const ready = await second.waitFor({ event: "ready" });
  const after = await untilHealthy(ready["origin"], "orphan");
  expect(after.text).toBe("still here");
  expect(after.key).not.toBe(before.key);
  const now = await listServicePids();
  expect(now).toHaveLength(1);
  expect(now).not.toEqual(orphans);
});

test("a run file of somebody else's process ends nobody", async () => {
  const commit = await commitFiles(home, "reused", healthyService("x"));
  const first = start({ key: "reused-1", deploy: deployInput("reused", commit) });
  await first.waitFor({ event: "ready" });
  await first.kill();
  const [pid] = await listServicePids();
  const [name = ""] = await readdir(home.run.services);
  const file = join(home.run.services, name);
  const noted = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
  // The number has gone to another process since, which began at another time.
  await writeFile(file, JSON.stringify({ ...noted, began: "another moment" }));
  await start({ key: "none" }).waitFor({ event: "ready" });
  expect(await listServicePids()).toContain(pid);
});

test("the platform takes its services along when it stops in order", async () => {
  const commit = await commitFiles(home, "orderly", healthyService("x"));
  const child = start({ key: "orderly-1", deploy: deployInput("orderly", commit) });
  await child.waitFor({ event: "ready" });
  expect(await listServicePids()).toHaveLength(1);
  process.kill(child.pid, "SIGTERM");
  await expect(child.waitFor({ event: "never" })).rejects.toThrow();
  expect(await listServicePids()).toEqual([]);
  expect(await readdir(home.run.services)).toEqual([]);
});

test.each(["copy-ready", "healthy", "recorded"])(
  "a deployment that is killed at %s and executed again happens once",
  async (point) => {
    const name = `at-${point}`;
    const commit = await commitFiles(home, name, healthyService(point));
    const job = { key: `${name}:deploy:forward`, deploy: deployInput(name, commit) };
    const killed = start({ ...job, crashAt: `service:deploy:${point}` });
    await expect(killed.waitFor({ event: "deployed" })).rejects.toThrow();

    const second = start(job);
    const done = await second.waitFor({ event: "deployed" });
    expect(done["undo"]).toMatchObject({ name, previous: null });
    const ready = await second.waitFor({ event: "ready" });
    expect((await untilHealthy(ready["origin"], name)).text).toBe(point);
    expect(await listServicePids()).toHaveLength(1);
    expect((await findDeployment(database.db, name))?.deployment).toMatchObject({ commit });
    expect(await readdir(join(home.services, name))).toEqual([commit]);
  },
);

test("an undo that is killed in the middle and done again leaves nothing", async () => {
  const name = "undone";
  const commit = await commitFiles(home, name, healthyService("x"));
  const first = start({ key: "undone-1", deploy: deployInput(name, commit) });
  const { undo } = await first.waitFor({ event: "deployed" });
  await first.kill();
  const killed = start({ key: "undone-1", undo, crashAt: "service:deploy:record-removed" });
  await expect(killed.waitFor({ event: "undone" })).rejects.toThrow();
  await start({ key: "undone-1", undo }).waitFor({ event: "undone" });
  expect(await listServicePids()).toEqual([]);
  expect(await findDeployment(database.db, name)).toBeUndefined();
  expect(await readdir(join(home.services, name))).toEqual([]);
});
