// `npm run dev`: control plane and gateway that restart when their sources change, the portal with hot reload, and the
// example organisation in the catalog. Data in `.causeway/` or CAUSEWAY_HOME, as with `npm run up`.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const root = dirname(import.meta.dirname);
const home = process.env["CAUSEWAY_HOME"] ?? join(root, ".causeway");
const env = { ...process.env, CAUSEWAY_HOME: home };
const controlFile = join(home, "run", "control.json");
const children = new Set<ChildProcess>();

process.on("SIGINT", () => stop());
process.on("SIGTERM", () => stop());

rmSync(controlFile, { force: true });
const server = ["--watch", "--watch-preserve-output", "packages/server/src/main.ts"];
start("control", [...server, "control"]);
start("gateway", [...server, "gateway"]);
const portal = join(root, "packages/portal");
if (existsSync(join(portal, "index.html"))) {
  start("portal", [join(root, "node_modules/vite/bin/vite.js"), "--clearScreen", "false"], {
    cwd: portal,
  });
}
const control = await readControl();
const access = { CAUSEWAY_URL: control.origin, CAUSEWAY_TOKEN: control.token };
start("example", ["packages/cli/src/main.ts", "apply", "-f", "examples/acme/catalog"], {
  env: access,
});
console.log(`\nSign in: ${control.signIn}\n`);

/** Its lines, each with its name before it. */
function start(
  name: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): void {
  const child = spawn(process.execPath, args, {
    cwd: options.cwd ?? root,
    env: { ...env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) =>
      console.log(`${name.padEnd(8)} ${line}`),
    );
  }
  child.once("exit", (code) => {
    children.delete(child);
    if (code) console.log(`${name.padEnd(8)} ended with code ${code}`);
  });
}

type Control = { readonly origin: string; readonly token: string; readonly signIn: string };

/** Written by the control plane once all of it is there. */
async function readControl(): Promise<Control> {
  for (;;) {
    if (existsSync(controlFile)) return JSON.parse(readFileSync(controlFile, "utf8"));
    await sleep(200);
  }
}

function stop(): void {
  // Without a terminal nobody else tells them; with one a second signal must not mean "at once".
  if (!process.stdin.isTTY) for (const child of children) child.kill("SIGTERM");
  setInterval(() => {
    if (children.size === 0) process.exit(0);
  }, 50);
}
