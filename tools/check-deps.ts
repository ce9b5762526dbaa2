import { globSync } from "node:fs";
import { dirname } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { forbidden } from "./dependency-rules.ts";

export type Violation = { readonly rule: string; readonly path: readonly string[] };
export type Checked = { readonly files: number; readonly violations: readonly Violation[] };

const sources = "packages/*/{src,test}/**/*.{ts,tsx}";

/** Reads every import below `root/packages`. Throws when it saw fewer files than lie there: a blind check is green. */
export async function checkDependencies(root: string): Promise<Checked> {
  const onDisk = globSync(sources, { cwd: root });
  const directories = globSync("packages/*/{src,test}", { cwd: root });
  const { output } = await cruise(
    directories,
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: [...forbidden] },
      // Type imports count: a type is knowledge, too.
      tsPreCompilationDeps: true,
      doNotFollow: { path: "node_modules" },
    },
    { conditionNames: ["import", "node", "types", "default"], exportsFields: ["exports"] },
  );
  if (typeof output === "string") throw new Error(output);
  assertSawAll(output, onDisk);
  const violations = output.summary.violations.map((violation) => ({
    rule: violation.rule.name,
    path: pathOf(violation),
  }));
  return { files: onDisk.length, violations };
}

function assertSawAll(result: ICruiseResult, onDisk: readonly string[]): void {
  const seen = new Set(result.modules.map((module) => module.source));
  const missed = onDisk.filter((file) => !seen.has(file));
  if (missed.length === 0 && onDisk.length > 0) return;
  throw new Error(
    `the check of dependencies saw ${onDisk.length - missed.length} of ${onDisk.length} files; not: ${missed.slice(0, 5).join(", ")}`,
  );
}

function pathOf(violation: ICruiseResult["summary"]["violations"][number]): string[] {
  const way = violation.cycle ?? violation.via;
  return way ? [violation.from, ...way.map((step) => step.name)] : [violation.from, violation.to];
}

async function main(): Promise<void> {
  const root = dirname(import.meta.dirname);
  const { files, violations } = await checkDependencies(root);
  for (const { rule, path } of violations) {
    console.log(`${path.join(" → ")}\n    ${rule}: ${commentOf(rule)}`);
  }
  console.log(`${files} files, ${violations.length} violations of the module order`);
  if (violations.length > 0) process.exitCode = 1;
}

const commentOf = (rule: string) => forbidden.find((one) => one.name === rule)?.comment ?? "";

if (import.meta.main) await main();
