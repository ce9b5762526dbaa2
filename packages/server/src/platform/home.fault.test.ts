import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startChild, type Child } from "#test/child";
import { createHome, readOrCreateSecretFile, type Home } from "./home.ts";
import { findHomeOwner, lockHome } from "./home-lock.ts";

const script = new URL("../../test/hold-lock.ts", import.meta.url);

let home: Home;
const children: Child[] = [];

beforeEach(async () => {
  home = await createHome(await mkdtemp(join(tmpdir(), "cw-home-")));
});

afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
  await rm(home.root, { recursive: true, force: true });
});

test("a second platform on the same home is refused with the owner's pid", async () => {
  const child = await holder();
  await expect(lockHome(home)).rejects.toMatchObject({
    code: "home_in_use",
    message: expect.stringContaining(`process ${child.pid}`),
    extra: { pid: child.pid },
  });
});

test("the lock of a killed platform is taken over", async () => {
  const child = await holder();
  await child.kill();
  const lock = await lockHome(home);
  expect(await findHomeOwner(home)).toMatchObject({ pid: process.pid });
  await lock.release();
  expect(await findHomeOwner(home)).toBeUndefined();
});

test("a lock whose number went to a younger process is taken over", async () => {
  await writeFile(home.lock, JSON.stringify({ pid: process.ppid, began: "long ago" }));
  await (await lockHome(home)).release();
});

test("a lock file that nobody can read is taken over", async () => {
  await writeFile(home.lock, "");
  await (await lockHome(home)).release();
});

test("of many that find a stale lock exactly one gets the home", async () => {
  await writeFile(home.lock, JSON.stringify({ pid: 2 ** 22 + 1, began: "long ago" }));
  const racers = Array.from({ length: 6 }, () => startChild(script, [home.root]));
  children.push(...racers);
  const results = await Promise.all(racers.map((racer) => racer.waitFor({ event: "done" })));
  expect(results.filter((result) => result["hasLock"] === true)).toHaveLength(1);
  expect((await readdir(home.root)).filter((name) => name.startsWith("lock"))).toEqual(["lock"]);
});

test("a released lock does not remove its successor's", async () => {
  const first = await lockHome(home);
  await writeFile(home.lock, JSON.stringify({ pid: process.ppid, began: "other" }));
  await first.release();
  expect(await readFile(home.lock, "utf8")).toContain("other");
});

test("a secret is made once and only its owner can read it", async () => {
  const secret = await readOrCreateSecretFile(home, "gateway-token");
  expect(secret).toMatch(/^cw_[\w-]{43}$/);
  expect(await readOrCreateSecretFile(home, "gateway-token")).toBe(secret);
  expect((await stat(join(home.secrets, "gateway-token"))).mode & 0o777).toBe(0o600);
  expect((await stat(home.secrets)).mode & 0o777).toBe(0o700);
});

async function holder(): Promise<Child> {
  const child = startChild(script, [home.root]);
  children.push(child);
  await child.waitFor({ event: "done", hasLock: true });
  return child;
}
