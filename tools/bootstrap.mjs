// From a fresh clone to the command that was asked for: `node tools/bootstrap.mjs <command> [arguments]`.
// Runs on Node 20 without any package; installs what is missing, then hands over to Node 24 or newer.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fail, handOver } from "./find-node.mjs";
import { installPackages } from "./install.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = "packages/cli/src/main.ts";

/** The script of each command and what it gets before the caller's own arguments. */
const commands = {
  up: { script: cli, first: ["up"], needsGit: true },
  down: { script: cli, first: ["down"] },
  cli: { script: cli, first: [] },
  dev: { script: "tools/dev.ts", first: [], needsGit: true },
  test: { script: "tools/test.ts", first: [], needsGit: true },
  verify: { script: "tools/verify.ts", first: [], needsGit: true },
  check: { script: "tools/check.ts", first: [] },
  bench: { script: "bench/run.ts", first: [], needsGit: true },
};

const [name = "", ...args] = process.argv.slice(2);
const command = commands[name];
if (!command) {
  fail(`There is no command "${name}".`, `There are: ${Object.keys(commands).join(", ")}.`);
}
if (Number(process.versions.node.split(".")[0]) < 20) {
  fail(`This is Node ${process.versions.node}.`, "Install Node 20 or newer (https://nodejs.org).");
}
if (command.needsGit && spawnSync("git", ["--version"]).error) {
  fail(
    "The program `git` is not installed. Causeway keeps the services it makes in git repositories.",
    "Install it (apt-get install git, dnf install git, brew install git) and try again.",
  );
}
if (!existsSync(join(root, command.script))) {
  fail(`This clone has no ${command.script}.`, `git status tells whether it was removed.`);
}
await installPackages(root);
await handOver(root, join(root, command.script), [...command.first, ...args]);
