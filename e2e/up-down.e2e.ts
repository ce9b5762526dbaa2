import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import {
  canConnect,
  causeway,
  isAlive,
  killHard,
  newHome,
  readReady,
  readUp,
  removePlatform,
  startPlatform,
} from "./platform.ts";

const homes: string[] = [];
afterEach(async () => {
  for (const home of homes.splice(0)) await removePlatform(home);
});

async function start(home: string): Promise<void> {
  homes.push(home);
  await startPlatform({ home, words: ["--empty"] });
}

/** Every process of the platform: its own, and the database of which postmaster.pid tells. */
function listPids(home: string): number[] {
  const { supervisor, children } = readUp(home);
  const instance = z.looseObject({ dataDirectory: z.string() });
  const { dataDirectory } = instance.parse(
    JSON.parse(readFileSync(join(home, "instance.json"), "utf8")),
  );
  const postmaster = readFileSync(join(dataDirectory, "postmaster.pid"), "utf8").split("\n")[0];
  return [supervisor.pid, ...children.map((child) => child.pid), Number(postmaster)];
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(50);
}

async function expectNothingLeft(home: string, pids: readonly number[], origin: string) {
  expect(pids.filter(isAlive)).toEqual([]);
  expect(await canConnect(origin)).toBe(false);
  for (const name of [
    "ready.json",
    "lock",
    "run/up.json",
    "run/control.json",
    "run/gateway.json",
  ]) {
    expect(existsSync(join(home, name)), name).toBe(false);
  }
}

async function expectAdmits(home: string): Promise<void> {
  const { api, token } = readReady(home);
  const me = await fetch(`${api}/me`, { headers: { authorization: `Bearer ${token}` } });
  expect(me.status).toBe(200);
}

test("up in the background heals a killed control plane, and down leaves nothing of it", async () => {
  const home = newHome();
  await start(home);
  const before = readReady(home);
  expect(statSync(join(home, "ready.json")).mode & 0o777).toBe(0o600);
  expect(before).toMatchObject({ key: null, service: null, run: null, answer: null });
  await expectAdmits(home);
  const { supervisor, children } = readUp(home);

  const again = await causeway(["up", "--detach", "--empty"], home);
  expect(again.code).toBe(1);
  expect(again.out).toContain(`(process ${supervisor.pid})`);

  const control = children.find((child) => child.name === "control");
  if (!control) throw new Error("up.json names the control plane");
  killHard(control);
  await until(() => readReady(home).signIn !== before.signIn);
  expect(readReady(home).portal).toBe(before.portal);
  await expectAdmits(home);

  const pids = listPids(home);
  expect(pids.filter((pid) => !isAlive(pid))).toEqual([]);
  const down = await causeway(["down"], home);
  expect(down.code).toBe(0);
  await expectNothingLeft(home, pids, before.portal);
  const twice = await causeway(["down", "--json"], home);
  expect(twice.code).toBe(0);
  expect(JSON.parse(twice.out)).toMatchObject({ stopped: [] });
});

test("a start after everything was killed takes the same data up; down finds what lost its supervisor", async () => {
  const home = newHome();
  await start(home);
  const instance = readFileSync(join(home, "instance.json"), "utf8");
  const killed = listPids(home);
  const { supervisor, children } = readUp(home);
  for (const victim of [supervisor, ...children]) killHard(victim);
  await start(home);
  expect(readFileSync(join(home, "instance.json"), "utf8")).toBe(instance);
  expect(killed.filter(isAlive)).toEqual([]);

  const { portal } = readReady(home);
  const pids = listPids(home);
  killHard(readUp(home).supervisor);
  const down = await causeway(["down"], home);
  expect(down.code).toBe(0);
  await expectNothingLeft(home, pids, portal);
});

test("a taken port stops the start before it begins and names the holder", async () => {
  const home = newHome();
  homes.push(home);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const words = ["up", "--detach", "--port", "0", "--gateway-port", String(port)];
  const refused = await causeway(words, home);
  await new Promise((resolve) => server.close(resolve));
  expect(refused.code).toBe(1);
  expect(refused.out).toContain(`Port ${port} is in use by process ${process.pid}`);
  expect(refused.out).toContain("--gateway-port");
  expect(existsSync(join(home, "instance.json"))).toBe(false);
});

test("a damaged data directory is named and left as it is", async () => {
  const home = newHome();
  await start(home);
  await causeway(["down"], home);
  const instance = z.looseObject({ dataDirectory: z.string() });
  const { dataDirectory } = instance.parse(
    JSON.parse(readFileSync(join(home, "instance.json"), "utf8")),
  );
  const control = join(dataDirectory, "global/pg_control");
  const file = openSync(control, "r+");
  writeSync(file, Buffer.alloc(256, 0x5a), 0, 256, 0);
  closeSync(file);
  const damaged = readFileSync(control);
  const words = ["up", "--detach", "--empty", "--port", "0", "--gateway-port", "0"];
  const refused = await causeway(words, home);
  expect(refused.code).toBe(1);
  expect(refused.out).toContain(dataDirectory);
  expect(readFileSync(control).equals(damaged)).toBe(true);
});

test("a wrong setting stops the start with its name and an example", async () => {
  const home = newHome();
  homes.push(home);
  process.env["CAUSEWAY_LOG_LEVEL"] = "loud";
  const words = ["up", "--detach", "--empty", "--port", "0", "--gateway-port", "0"];
  const refused = await causeway(words, home);
  delete process.env["CAUSEWAY_LOG_LEVEL"];
  expect(refused.code).toBe(1);
  expect(refused.out).toContain("CAUSEWAY_LOG_LEVEL=info");
  rmSync(home, { recursive: true, force: true });
});
