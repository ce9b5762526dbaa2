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
  ...(await run(["e2e"])),
  ...(await runInBrowser()),
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
  const since = Date.now();
  const vitest = await startVitest(filters, { root, run: true, project: [...projects] });
  const groups = projects.map((name) => ({ name, ...countsOf(vitest, name), ms: 0 }));
  const [last] = groups.slice(-1);
  if (last) last.ms = Date.now() - since;
  const strays = vitest.state.getUnhandledErrors().length;
  await vitest.close();
  return strays === 0
    ? groups
    : [...groups, { name: "errors outside tests", passed: 0, failed: strays, skipped: 0, ms: 0 }];
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

async function runInBrowser(): Promise<Group[]> {
  const files = globSync("e2e/**/*.browser.ts", { cwd: root });
  const wanted =
    filters.length === 0 || files.some((file) => filters.some((f) => file.includes(f)));
  if (files.length === 0 || !wanted) return [];
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
  const count = { passed: 0, failed: isCi ? 1 : 0, skipped: isCi ? 0 : files.length };
  return [{ name: "browser", ...count, ms: 0, note }];
}
