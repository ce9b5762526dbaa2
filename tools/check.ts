// `npm run check`: everything that can be said about the code without a database or a browser, in under 30 s.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { alignColumns } from "./test-report.ts";

type Task = { readonly name: string; readonly command: readonly [string, ...string[]] };
type Result = {
  readonly task: Task;
  readonly code: number;
  readonly output: string;
  readonly ms: number;
};

const root = dirname(import.meta.dirname);
const portal = "packages/portal";

/** The slowest first, so that the last to end is a short one. */
const tasks: readonly Task[] = [
  { name: "unit", command: ["vitest", "run", "--project", "unit", "--reporter", "dot"] },
  { name: "types", command: ["tsc", "-p", "."] },
  ...(existsSync(join(root, portal, "src/main.tsx"))
    ? [{ name: "types of the portal", command: ["tsc", "-p", portal] } as const]
    : []),
  { name: "lint", command: ["oxlint", "--type-aware", "--quiet"] },
  { name: "dead code", command: ["knip"] },
  { name: "module order", command: [process.execPath, "tools/check-deps.ts"] },
  { name: "format", command: ["oxfmt", "--check"] },
];

const started = Date.now();
const results = await runAll(tasks, Math.max(2, availableParallelism()));
for (const result of results.filter(({ code }) => code !== 0)) {
  console.log(`\n── ${result.task.name} ──\n${result.output.trim()}`);
}
const rows = results.map(({ task, code, ms }) => [code === 0 ? "✓" : "✗", task.name, seconds(ms)]);
console.log(`\n${alignColumns(rows)}\n`);
const failed = results.filter(({ code }) => code !== 0).length;
console.log(
  `${failed === 0 ? "All checks pass" : `${failed} of ${results.length} checks fail`}, ${seconds(Date.now() - started)}`,
);
process.exitCode = failed === 0 ? 0 : 1;

/** In the order given, never more than `width` at a time. */
async function runAll(all: readonly Task[], width: number): Promise<Result[]> {
  const waiting = [...all];
  const results: Result[] = [];
  const worker = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) results.push(await run(task));
  };
  await Promise.all(Array.from({ length: width }, worker));
  return all.flatMap((task) => results.filter((result) => result.task === task));
}

function run(task: Task): Promise<Result> {
  const since = Date.now();
  const [program, ...args] = task.command;
  const path = join(root, "node_modules", ".bin") + delimiter + (process.env["PATH"] ?? "");
  const child = spawn(program, args, { cwd: root, env: { ...process.env, PATH: path } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  return new Promise((resolve) => {
    const end = (code: number) => resolve({ task, code, output, ms: Date.now() - since });
    child.once("error", (error) => {
      output += String(error);
      end(1);
    });
    child.once("close", (code) => end(code ?? 1));
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
