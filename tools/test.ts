// `npm test [-- <part of a path>…]`: every group of tests, from the pure ones to the journeys in a browser.
import { globSync } from "node:fs";
import { dirname } from "node:path";
import { startVitest, type Vitest } from "vitest/node";
import { findChromium } from "./chromium.ts";
import { sumUp, tableOf, type Group } from "./test-report.ts";

const root = dirname(import.meta.dirname);
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const isCi = process.env["CI"] === "true";
const started = Date.now();

const groups: Group[] = [
  ...(await run(["unit", "db", "fault"])),
  // Alone on the machine: these start whole platforms.
  ...(wants("e2e/**/*.e2e.ts") ? await run(["e2e"]) : []),
  ...(wants("e2e/**/*.browser.ts") ? await runInBrowser() : []),
];
const total = sumUp(groups);
console.log(`\n${tableOf(groups)}\n`);
console.log(`${Math.round((Date.now() - started) / 1000)} s on Node ${process.versions.node}`);
console.log(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`,
);
// Vitest leaves handles of its own; everything of ours has been awaited.
process.exit(total.failed > 0 ? 1 : 0);

async function run(projects: readonly string[]): Promise<Group[]> {
  const vitest = await startVitest(filters, { root, run: true, project: [...projects] });
  const groups = projects.map((name) => ({ name, ...countsOf(vitest, name) }));
  const failed = vitest.state.getUnhandledErrors().length;
  await vitest.close();
  const strays = { name: "errors outside tests", passed: 0, failed, skipped: 0 };
  return failed === 0 ? groups : [...groups, strays];
}

function countsOf(vitest: Vitest, project: string) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of vitest.state.getTestModules()) {
    if (module.project.name !== project) continue;
    const before = counts.failed;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") counts.passed += 1;
      else if (state === "failed") counts.failed += 1;
      else counts.skipped += 1;
    }
    // A file that does not load, or a hook that finds a leak, fails without a failed test.
    if (!module.ok() && counts.failed === before) counts.failed += 1;
  }
  return counts;
}

/** Whether there are such files and the caller did not leave them out. */
function wants(pattern: string): boolean {
  const files = globSync(pattern, { cwd: root });
  return files.some((file) => filters.length === 0 || filters.some((part) => file.includes(part)));
}

async function runInBrowser(): Promise<Group[]> {
  const found = await findChromium({ root, env: process.env, say: (line) => console.log(line) });
  if (found.kind === "found") {
    console.log(`Chromium: ${found.executablePath}, from ${found.from}.`);
    process.env["CAUSEWAY_CHROMIUM"] = found.executablePath;
    return run(["browser"]);
  }
  console.log(
    `No Chromium starts here: ${found.reason}.\nTo run the group "browser": ${found.command}`,
  );
  const note = isCi ? "no Chromium, and CI=true wants every group" : "no Chromium";
  const count = { passed: 0, failed: isCi ? 1 : 0, skipped: isCi ? 0 : 1 };
  return [{ name: "browser", ...count, note }];
}
