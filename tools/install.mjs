// Runs on Node 20 without any package.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, sep } from "node:path";
import { fail } from "./find-node.mjs";

/** Makes node_modules what package-lock.json says. Does nothing, in a millisecond, when it is already. */
export async function installPackages(root) {
  if (isInstalled(root)) return;
  const started = Date.now();
  const stop = showProgress("Installing packages, once for each lock file");
  let result = await runNpm(root, "ci");
  if (result.code !== 0 && isOutOfStep(result.output)) {
    stop(`npm ci refuses: package.json and package-lock.json differ. Using npm install.`);
    result = await runNpm(root, "install");
  }
  if (result.code !== 0) {
    stop("Installing packages failed:");
    process.stderr.write(`\n${result.output.trim()}\n`);
    fail(
      `npm ended with code ${result.code}; its own words are above.`,
      "Mostly the network or the registry: check that `npm ping` answers, then run the same command again.",
    );
  }
  const notes = withoutEngineWarnings(result.errors);
  if (notes) process.stderr.write(`\n${notes}`);
  record(root);
  stop(`Installed ${countPackages(root)} packages in ${seconds(started)}.`);
}

function isInstalled(root) {
  const lock = readText(join(root, "package-lock.json"));
  if (lock === undefined) return false;
  if (readText(recordFile(root)) === hashOf(lock)) return true;
  // Somebody ran `npm ci` by hand: npm's own record tells.
  const installed = readText(join(root, "node_modules", ".package-lock.json"));
  if (installed === undefined || !coversLock(lock, installed)) return false;
  record(root);
  return true;
}

/** Whether npm's record of node_modules has every package of the lock at its version. Optional ones may lack: they are
 *  for other platforms. */
export function coversLock(lockText, installedText) {
  const wanted = JSON.parse(lockText).packages;
  const present = JSON.parse(installedText).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/")) return true;
    if (!present[path]) return entry.optional === true || entry.devOptional === true;
    return present[path].version === entry.version;
  });
}

const recordFile = (root) => join(root, "node_modules", ".causeway-lock");

function record(root) {
  const lock = readText(join(root, "package-lock.json"));
  if (lock !== undefined) writeFileSync(recordFile(root), hashOf(lock));
}

/** With the machine: a clone may be copied to another one. */
function hashOf(lock) {
  return createHash("sha256").update(`${process.platform} ${process.arch} ${lock}`).digest("hex");
}

function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function countPackages(root) {
  const text = readText(join(root, "node_modules", ".package-lock.json")) ?? '{"packages":{}}';
  return Object.keys(JSON.parse(text).packages).length;
}

async function runNpm(root, command) {
  const windows = process.platform === "win32";
  const child = spawn(
    windows ? "npm.cmd" : "npm",
    [command, "--no-audit", "--no-fund", "--loglevel=warn"],
    {
      cwd: root,
      env: { ...process.env, PATH: pathWithoutPackages() },
      stdio: ["ignore", "pipe", "pipe"],
      shell: windows,
    },
  );
  const errors = [];
  const all = [];
  child.stdout.on("data", (chunk) => all.push(chunk));
  child.stderr.on("data", (chunk) => {
    all.push(chunk);
    errors.push(chunk);
  });
  const code = await new Promise((resolve) => {
    child.once("error", (error) => {
      all.push(Buffer.from(String(error)));
      resolve(1);
    });
    child.once("close", resolve);
  });
  const text = (chunks) => Buffer.concat(chunks).toString("utf8");
  return { code, output: text(all), errors: text(errors) };
}

/** npm must not run on a Node that it is about to delete. */
function pathWithoutPackages() {
  const own = `node_modules${sep}`;
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((directory) => !directory.includes(own))
    .join(delimiter);
}

function isOutOfStep(output) {
  return /EUSAGE|can only install with an existing package-lock/.test(output);
}

/** Under Node 20 npm warns of each tool that wants a newer one; those run on the newer one. */
export function withoutEngineWarnings(errors) {
  return errors
    .split("\n")
    .filter((line) => !/^npm warn EBADENGINE/i.test(line))
    .join("\n")
    .trimStart();
}

const seconds = (since) => `${Math.round((Date.now() - since) / 1000)} s`;

/** A line with the time that passes, on stderr: stdout belongs to the command. Returns what ends it with a last line. */
function showProgress(message) {
  const started = Date.now();
  if (!process.stderr.isTTY) {
    process.stderr.write(`${message} …\n`);
    return (last) => process.stderr.write(`${last}\n`);
  }
  const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
  let turn = 0;
  const draw = () => {
    turn += 1;
    process.stderr.write(
      `\r\x1b[K${frames[turn % frames.length]} ${message} · ${seconds(started)}`,
    );
  };
  draw();
  const timer = setInterval(draw, 120);
  return (last) => {
    clearInterval(timer);
    process.stderr.write(`\r\x1b[K${last}\n`);
  };
}
