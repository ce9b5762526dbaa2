/** Each known hole of Deno's permissions: that it is still there, so that an upgrade which changes one is noticed, and
 *  that we close it. */
import { execFile } from "node:child_process";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { InvalidError } from "@causeway/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listen, temporaryFolder, writeFiles } from "#test/services";
import { explainExit } from "../exit-reason.ts";
import { createDenoRunner } from "./deno.ts";
import { findDeno } from "./find-deno.ts";
import type { Runner } from "./runner.ts";

const bare = ["run", "--quiet", "--no-prompt", "--no-config", "--no-lock", "--no-npm"];
const manifest = "runner: deno\nentry: main.js\n";
const limited = "limits: { memoryMiB: 64 }\n";

let home: Awaited<ReturnType<typeof temporaryFolder>>;
let folder: string;
let runner: Runner;

beforeEach(async () => {
  home = await temporaryFolder();
  folder = join(home.path, "service");
  await writeFiles(home.path, { "secret.txt": "outside", "outside.json": "{}", "outside.ts": "" });
  runner = createDenoRunner({
    deno: findDeno(),
    caches: join(home.path, "deno"),
    gatewayPort: () => 9,
    controlPort: () => 9,
  });
});
afterEach(() => home.remove());

async function runBare(args: readonly string[]): Promise<string> {
  const env = { DENO_DIR: join(home.path, "deno-bare"), NO_COLOR: "1" };
  const call = promisify(execFile)(findDeno(), [...bare, ...args, join(folder, "main.js")], {
    env,
  });
  const { stdout } = await call.catch((error: { stdout: string; stderr: string }) => ({
    stdout: error.stdout + error.stderr,
  }));
  return stdout;
}

async function refusalOf(): Promise<InvalidError> {
  try {
    await runner.inspect(folder, AbortSignal.timeout(20_000));
  } catch (error) {
    if (error instanceof InvalidError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

async function runToEnd(): Promise<{ output: string; reason: string; code: string }> {
  let output = "";
  const checked = await runner.inspect(folder, AbortSignal.timeout(20_000));
  const running = await runner.start({
    service: "hole",
    folder,
    manifest: checked,
    port: 9,
    key: "cwk_test",
    onSpawned: async () => {},
    onOutput: (_stream, text) => (output += text),
  });
  const exit = await running.exited;
  const { code, text } = explainExit(exit, output.split("\n"), checked.limits.memoryMiB);
  return { output, reason: text, code };
}

test("hole 1: an import may carry data to a host; nothing is imported from anywhere", async () => {
  const host = await listen(() => ({ body: "export default 1" }));
  const main = `const url = "http://127.0.0.1:${host.port}/m.js?stolen=" + "secret";
    try { await import(url); console.log("imported"); } catch (error) { console.log("denied", error.message); }`;
  await writeFiles(folder, { "causeway.service.yaml": manifest, "main.js": main });
  expect(await runBare([`--allow-import=127.0.0.1:${host.port}`])).toContain("imported");
  expect(host.seen).toEqual(["GET /m.js?stolen=secret"]);
  expect((await runToEnd()).output).toMatch(/denied/);
  expect(host.seen).toHaveLength(1);
  await host.close();
});

test("hole 2: a literal import reads any text file without a right to read; such a service is refused", async () => {
  const main = `import text from "../secret.txt" with { type: "text" };\nconsole.log("read", text);`;
  await writeFiles(folder, { "causeway.service.yaml": manifest, "main.js": main });
  expect(await runBare(["--deny-read"])).toContain("read outside");
  const refusal = await refusalOf();
  expect(refusal.code).toBe("service_reaches_outside");
  expect(refusal.issues).toEqual([
    {
      path: "main.js",
      message: `imports "../secret.txt": is ${home.path}/secret.txt, outside the service's folder`,
    },
  ]);
});

test.each([
  ["JSON", 'import data from "../outside.json" with { type: "json" };'],
  ["code", 'import "../outside.ts";'],
  ["a literal dynamic import", 'const later = () => import("../outside.ts");'],
  ["a re-export", 'export * from "../outside.ts";'],
  ["an absolute path", 'import "file:///etc/hostname" with { type: "text" };'],
  [
    "inline code",
    `import "data:text/javascript,import 'file:///etc/hostname' with { type: 'text' }";`,
  ],
  ["the network", 'import "https://jsr.io/@std/assert/mod.ts";'],
  ["a registry", 'import "npm:chalk";'],
])("hole 2, by %s", async (_name, main) => {
  await writeFiles(folder, { "causeway.service.yaml": manifest, "main.js": main });
  expect((await refusalOf()).code).toBe("service_reaches_outside");
});

test("hole 2, two modules deep and as a type only", async () => {
  await writeFiles(folder, {
    "causeway.service.yaml": manifest.replace("main.js", "main.ts"),
    "main.ts": 'import "./lib/deep.ts";',
    "lib/deep.ts": 'import type { T } from "../../outside.ts";\nexport type U = T;',
  });
  expect((await refusalOf()).issues[0]?.path).toBe("lib/deep.ts");
});

test("hole 2, through a symbolic link to code", async () => {
  await writeFiles(home.path, { "outside.js": 'console.log("read outside");' });
  await writeFiles(folder, { "causeway.service.yaml": manifest, "main.js": 'import "./link.js";' });
  await symlink("../outside.js", join(folder, "link.js"));
  expect(await runBare([])).toContain("read outside");
  expect((await refusalOf()).message).toContain(`${home.path}/outside.js`);
});

test("a symbolic link to text is denied by Deno itself, and refused before", async () => {
  const main = 'import text from "./link.txt" with { type: "text" };\nconsole.log("read", text);';
  await writeFiles(folder, { "causeway.service.yaml": manifest, "main.js": main });
  await symlink("../secret.txt", join(folder, "link.txt"));
  expect(await runBare([])).toContain("Requires read access");
  expect((await refusalOf()).message).toContain(`${home.path}/secret.txt`);
});

test("hole 2, through a symbolic link in a readable folder", async () => {
  const main =
    'console.log("read", Deno.readTextFileSync(new URL("./data/link.txt", import.meta.url)));';
  await writeFiles(folder, {
    "causeway.service.yaml": `${manifest}files: { read: [data] }\n`,
    "main.js": main,
    "data/own.txt": "own",
  });
  await symlink("../../secret.txt", join(folder, "data/link.txt"));
  expect(await runBare([`--allow-read=${folder}/data`])).toContain("read outside");
  expect((await refusalOf()).issues[0]).toMatchObject({ path: "data/link.txt" });
});

test("a readable folder that is itself a link to elsewhere is refused", async () => {
  await writeFiles(folder, {
    "causeway.service.yaml": `${manifest}files: { read: [data] }\n`,
    "main.js": "",
  });
  await symlink("/etc", join(folder, "data"));
  expect((await refusalOf()).issues.map((issue) => issue.path)).toContain("files.read");
});

test("a dynamic import that no one can foresee is denied when it is tried", async () => {
  const main =
    'const path = ["..", "secret.txt"].join("/");\nawait import(path, { with: { type: "text" } });';
  await writeFiles(folder, {
    "causeway.service.yaml": `${manifest}files: { read: ["."] }\n`,
    "main.js": main,
  });
  const { output, code } = await runToEnd();
  expect(output).toMatch(/Requires read access/);
  expect(output).not.toContain("outside\n");
  expect(code).not.toBe("stopped");
});

const bomb = `const kept = [];
for (let n = 0; n < 600; n++) { const b = new Uint8Array(1048576); b.fill(1); kept.push(b); }
console.log("holds", kept.length, "MiB");`;

test("hole 3: buffers are not heap; a service that holds too many is ended and the reason told", async () => {
  await writeFiles(folder, { "causeway.service.yaml": manifest + limited, "main.js": bomb });
  expect(await runBare(["--v8-flags=--max-old-space-size=48"])).toContain("holds 600 MiB");
  const { output, code, reason } = await runToEnd();
  expect(output).not.toContain("holds");
  expect(code).toBe("memory_limit");
  expect(reason).toContain("64 MiB");
});

test("hole 3, by a service that survives the refused allocation and keeps what it has", async () => {
  const main = `${bomb.replace("for (", "try { for (").replace("kept.push(b); }", "kept.push(b); } } catch (error) { console.log('caught', error.message); }")}
setInterval(() => kept.length, 1000);`;
  await writeFiles(folder, { "causeway.service.yaml": manifest + limited, "main.js": main });
  expect((await runToEnd()).code).toBe("memory_limit");
});

test("hole 3, by objects on the heap", async () => {
  const main =
    "const kept = []; for (;;) kept.push(Array.from({ length: 10000 }, (_, n) => ({ n })));";
  await writeFiles(folder, { "causeway.service.yaml": manifest + limited, "main.js": main });
  expect((await runToEnd()).code).toBe("memory_limit");
});

test("hole 3, by a worker that was not declared", async () => {
  const main =
    'new Worker("data:text/javascript,setInterval(() => {}, 1000)", { type: "module" });';
  await writeFiles(folder, { "causeway.service.yaml": manifest + limited, "main.js": main });
  expect((await runToEnd()).reason).toContain("limits.workers");
});

test("a commit without a manifest says what to add", async () => {
  await writeFiles(folder, { "main.js": "" });
  expect(await refusalOf()).toMatchObject({ code: "service_manifest_missing" });
});

test("an entry that is not there is named", async () => {
  await writeFiles(folder, { "causeway.service.yaml": manifest });
  expect((await refusalOf()).issues).toContainEqual({
    path: "entry",
    message: "main.js: there is no such file",
  });
});
