import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findAddress } from "./find-address.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "causeway-address-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function writeReady(home: string, port: number) {
  mkdirSync(home, { recursive: true });
  const portal = `http://127.0.0.1:${port}`;
  const ready = {
    portal,
    api: `${portal}/api`,
    gateway: `${portal}/v1`,
    mcp: null,
    signIn: `${portal}/sign-in`,
    token: `token-${port}`,
    key: null,
    service: null,
    run: null,
    answer: null,
  };
  writeFileSync(join(home, "ready.json"), JSON.stringify(ready));
}

test("finds the platform of the nearest folder upwards", () => {
  writeReady(join(folder, ".causeway"), 7001);
  const cwd = join(folder, "a", "b");
  const address = findAddress({ env: {}, cwd, repositoryRoot: "/nowhere" });
  expect(address).toMatchObject({ origin: "http://127.0.0.1:7001", token: "token-7001" });
});

test("CAUSEWAY_HOME wins over the folders, CAUSEWAY_URL over all", () => {
  writeReady(join(folder, ".causeway"), 7001);
  writeReady(join(folder, "other"), 7002);
  const sources = { cwd: folder, repositoryRoot: "/nowhere" };
  const ofHome = findAddress({ ...sources, env: { CAUSEWAY_HOME: "other" } });
  expect(ofHome.token).toBe("token-7002");
  const env = { CAUSEWAY_HOME: "other", CAUSEWAY_URL: "https://causeway.example/x" };
  expect(findAddress({ ...sources, env })).toMatchObject({
    origin: "https://causeway.example",
    token: undefined,
  });
});

test("says which setting is wrong and which file is foreign", () => {
  const sources = { cwd: folder, repositoryRoot: "/nowhere" };
  expect(() => findAddress({ ...sources, env: { CAUSEWAY_URL: "localhost" } })).toThrow(
    "CAUSEWAY_URL",
  );
  mkdirSync(join(folder, ".causeway"));
  writeFileSync(join(folder, ".causeway", "ready.json"), '{"portal": 1}');
  expect(() => findAddress({ ...sources, env: {} })).toThrow("is not a ready.json of this version");
});
