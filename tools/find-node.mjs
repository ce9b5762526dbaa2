// Runs on Node 20 without any package: what it finds is needed to run everything else.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

export const neededMajor = 24;

/** The Node that runs us when it is new enough (the PATH decides, as everywhere), else the one that npm installed. */
export function findNode(root) {
  if (Number(process.versions.node.split(".")[0]) >= neededMajor) return process.execPath;
  const file = process.platform === "win32" ? "node.exe" : "node";
  const { optionalDependencies = {} } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  return Object.keys(optionalDependencies)
    .filter((name) => name.startsWith("node-"))
    .map((name) => join(root, "node_modules", name, "bin", file))
    .find((path) => existsSync(path));
}

/** Runs a script on the Node that was found: inside this process where that is the same Node (nothing is lost), else
 *  as a child that gets our signals and gives us its exit code. */
export async function handOver(root, script, args) {
  const node = findNode(root);
  if (!node) {
    fail(
      `Causeway needs Node ${neededMajor} or newer; this is ${process.versions.node}, and npm has no newer one for ${process.platform} ${process.arch}.`,
      "Install Node 24 LTS or newer (https://nodejs.org) and try again.",
    );
  }
  // Whatever starts `node` by name below gets the same one.
  process.env["PATH"] = dirname(node) + delimiter + (process.env["PATH"] ?? "");
  if (node === process.execPath) {
    process.argv.splice(1, process.argv.length, script, ...args);
    await import(pathToFileURL(script).href);
    return;
  }
  const child = spawn(node, [script, ...args], { stdio: "inherit" });
  forwardSignals(child);
  child.once("error", (error) =>
    fail(`${node} does not run here: ${error.message}`, `Install Node ${neededMajor} or newer.`),
  );
  child.once("exit", (code, signal) => {
    for (const name of forwarded) process.removeAllListeners(name);
    if (signal) process.kill(process.pid, signal);
    else process.exit(code ?? 1);
  });
}

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"];

function forwardSignals(child) {
  for (const signal of forwarded) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well; twice would mean "now!".
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    });
  }
}

export function fail(problem, fix) {
  process.stderr.write(`\n${problem}\n${fix}\n`);
  process.exit(1);
}
