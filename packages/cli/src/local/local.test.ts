import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findHome, prepareHome } from "./home.ts";
import { writeJsonFile } from "./json-file.ts";
import { claimPort, findListener } from "./ports.ts";
import { identifyProcess, isSameProcess, signalProcess, waitUntilGone } from "./processes.ts";
import { findProcesses, stopPlatform } from "./stop-platform.ts";
import { foldMoving, movingLines, nothingMoves } from "./up-view.ts";
import { plainStyle } from "../terminal/style.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "causeway-cli-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("a taken port is refused with its holder and the flag that changes it", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const wanted = { port, flag: "--port", setting: "CAUSEWAY_PORT" };
  await expect(claimPort(wanted)).rejects.toMatchObject({
    code: "port_in_use",
    message: expect.stringContaining(`by process ${process.pid}`),
    fix: expect.stringContaining("--port <port>"),
  });
  expect(findListener(port)?.pid).toBe(process.pid);
  await new Promise((resolve) => server.close(resolve));
  expect(await claimPort(wanted)).toBe(port);
  expect(await claimPort({ ...wanted, port: 0 })).toBeGreaterThan(0);
});

test("a process is told from a later one with its number", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const identity = identifyProcess(child.pid ?? -1);
  if (!identity) throw new Error("the child runs");
  expect(isSameProcess(identity)).toBe(true);
  expect(isSameProcess({ ...identity, began: "another" })).toBe(false);
  expect(signalProcess({ ...identity, began: "another" }, "SIGKILL")).toBe(false);
  expect(signalProcess(identity, "SIGTERM")).toBe(true);
  expect(await waitUntilGone(identity, 10_000)).toBe(true);
  expect(identifyProcess(identity.pid)).toBeUndefined();
});

test("down believes no pid whose process does not fit, and removes what a killed start left", async () => {
  const home = findHome({ env: { CAUSEWAY_HOME: root }, cwd: "/", repositoryRoot: "/" });
  prepareHome(home);
  mkdirSync(home.services);
  // Files of a platform that was killed; its numbers now belong to this very test.
  const foreign = {
    pid: process.pid,
    origin: "http://127.0.0.1:1",
    token: "t",
    signIn: "http://x",
  };
  writeJsonFile(join(home.run, "control.json"), foreign);
  writeJsonFile(join(home.run, "gateway.json"), foreign);
  writeJsonFile(join(home.services, "docs-bot.json"), foreign);
  const supervisor = { pid: process.pid, began: "long ago", command: "node" };
  writeJsonFile(join(home.run, "up.json"), {
    supervisor,
    children: [{ ...supervisor, name: "control" }],
  });
  writeFileSync(home.lock, JSON.stringify({ pid: process.pid, began: "long ago" }));
  writeFileSync(home.ready, "{}");
  expect(findProcesses(home)).toEqual([]);
  expect(await stopPlatform(home, () => {})).toEqual([]);
  for (const file of [home.ready, home.lock, join(home.run, "up.json"), home.services]) {
    expect(() => statSync(file), file).toThrow("ENOENT");
  }
  expect(await stopPlatform(home, () => {})).toEqual([]);
});

test("a data folder that cannot be written is named with the way out", () => {
  writeFileSync(join(root, "file"), "");
  const env = { CAUSEWAY_HOME: join(root, "file", "home") };
  const home = findHome({ env, cwd: "/", repositoryRoot: "/" });
  expect(() => prepareHome(home)).toThrow(`The data folder ${home.root} cannot be written`);
});

test("files with secrets are for their owner only and replace their predecessor whole", () => {
  const file = join(root, "ready.json");
  writeFileSync(file, "old", { mode: 0o644 });
  writeJsonFile(file, { token: "x" });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a start shows what moves and drops it when it is done", () => {
  const step = { kind: "step", id: "portal", title: "Build the portal" } as const;
  const started = foldMoving(nothingMoves, { ...step, state: "started" }, 0);
  const view = { style: plainStyle, spinner: "*", now: 2_000 };
  expect(movingLines(started, view)).toEqual(["* Build the portal  2 s"]);
  expect(movingLines(foldMoving(started, { ...step, state: "done" }, 2_000), view)).toEqual([]);
});
