import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyFolder, listen, temporaryFolder, type Listener } from "#test/services";
import { findFreePort, isAnswering } from "../supervisor/health.ts";
import { createDenoRunner } from "./deno.ts";
import { findDeno } from "./find-deno.ts";
import type { WorkloadProcess } from "./runner.ts";

const key = "cwk_sandbox_test";
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let gateway: Listener;
let victim: Listener;
let hostile: WorkloadProcess;
let output = "";
let results: Record<string, { outcome: "allowed" | "denied"; detail: string }>;

beforeAll(async () => {
  folder = await temporaryFolder();
  victim = await listen(() => ({ body: "victim" }));
  gateway = await listen((target) =>
    target.endsWith("/redirect")
      ? { status: 307, location: `http://127.0.0.1:${victim.port}/`, body: "" }
      : { body: "gateway" },
  );
  const copy = await copyFolder(
    new URL("./__fixtures__/hostile/", import.meta.url),
    join(folder.path, "copy"),
  );
  const manifestPath = join(copy, "causeway.service.yaml");
  const text = (await readFile(manifestPath, "utf8"))
    .replace('VICTIM_PORT: "0"', `VICTIM_PORT: "${victim.port}"`)
    .replace('GATEWAY_PORT: "0"', `GATEWAY_PORT: "${gateway.port}"`);
  await writeFile(manifestPath, text);
  const runner = createDenoRunner({
    deno: findDeno(),
    caches: join(folder.path, "deno"),
    gatewayPort: () => gateway.port,
    controlPort: () => victim.port,
  });
  const signal = AbortSignal.timeout(20_000);
  const port = await findFreePort();
  hostile = await runner.start({
    service: "hostile",
    folder: copy,
    manifest: await runner.inspect(copy, signal),
    port,
    key,
    onSpawned: async () => {},
    onOutput: (_stream, piece) => (output += piece),
  });
  const ended = hostile.exited.then((exit) => {
    throw new Error(`it ended early: ${JSON.stringify(exit)} ${output}`);
  });
  const healthy = async () => {
    while (!(await isAnswering(port, signal))) await sleep(50, undefined, { signal });
  };
  await Promise.race([healthy(), ended]);
  const answer = await request(`http://127.0.0.1:${port}/`);
  results = (await answer.body.json()) as typeof results; // the fixture's own shape
});

afterAll(async () => {
  await hostile?.stop("stop", 1_000);
  await Promise.all([gateway?.close(), victim?.close()]);
  await folder?.remove();
});

test("a service may do what its manifest declares", () => {
  const allowed = Object.entries(results).filter(([name]) => name.startsWith("may "));
  expect(allowed).toHaveLength(4);
  for (const [name, { outcome, detail }] of allowed)
    expect({ name, outcome, detail }).toMatchObject({ name, outcome: "allowed" });
  expect(results["may call the gateway"]?.detail).toBe("gateway");
});

test("everything else that it tried was denied", () => {
  const others = Object.entries(results).filter(([name]) => !name.startsWith("may "));
  expect(others.length).toBeGreaterThan(70);
  expect(others.filter(([, { outcome }]) => outcome === "allowed")).toEqual([]);
});

test("no attempt merely timed out", () => {
  const silent = Object.entries(results).filter(([, { detail }]) =>
    detail.includes("nothing happened"),
  );
  expect(silent).toEqual([]);
});

test("nobody but the gateway ever heard from it", () => {
  expect(victim.seen).toEqual([]);
  expect(gateway.seen).toContain("POST http://gateway.causeway.alt/v1/models");
  expect(new Set(gateway.seen.map((line) => new URL(line.split(" ")[1] ?? "").host))).toEqual(
    new Set(["gateway.causeway.alt"]),
  );
});

test("it holds its own key, which is why its output is masked further up", () => {
  expect(output).toContain(`my key is ${key}`);
});
