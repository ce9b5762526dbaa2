import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import type { Fingerprint } from "./chaos/fingerprint.ts";
import { prepareHome, recordCrashPoints, runWithCrash } from "./chaos/golden-path-case.ts";
import { samplePoints } from "./chaos/sample.ts";

const isWhole = process.env["CAUSEWAY_VERIFY"] === "1";
const seed = Number(process.env["CAUSEWAY_CHAOS_SEED"] ?? Date.now() % 1_000_000);
/** Some points by name, to look at one of them again: `runs:boundary:after-commit#3,…`. */
const chosen = process.env["CAUSEWAY_CHAOS_POINTS"]?.split(",");
const sampleSize = 4;
/** About 15 s a point on two free cores. */
const timeout = isWhole ? 3 * 3_600_000 : 600_000;

const say = (line: string) => process.stdout.write(`${line}\n`);
const since = (start: number) => `${((performance.now() - start) / 1000).toFixed(1)} s`;

test(
  "killed whole at any crash point and started again, the run leaves exactly what an undisturbed one leaves",
  {
    timeout,
  },
  async () => {
    const began = performance.now();
    const prepared = await prepareHome();
    const { points, fingerprint } = await recordCrashPoints(prepared);
    const cases = chosen ?? (isWhole ? points : samplePoints(points, sampleSize, seed));
    const which = isWhole ? "all" : `${cases.length}, CAUSEWAY_CHAOS_SEED=${seed}`;
    say(`${points.length} crash points in the run; ${which}`);
    const mismatches: string[] = [];
    for (const point of cases) {
      const start = performance.now();
      const difference = await findDifference(prepared, point, fingerprint);
      if (difference !== undefined) mismatches.push(`${point}\n${difference}`);
      say(`${difference === undefined ? "equal  " : "DIFFERS"} ${since(start)} ${point}`);
    }
    say(`${cases.length} cases, ${mismatches.length} mismatches, ${since(began)}`);
    rmSync(prepared, { recursive: true, force: true });
    expect(mismatches).toEqual([]);
  },
);

async function findDifference(
  prepared: string,
  point: string,
  undisturbed: Fingerprint,
): Promise<string | undefined> {
  try {
    const disturbed = await runWithCrash(prepared, point);
    const parts = new Set([...Object.keys(undisturbed), ...Object.keys(disturbed)]);
    for (const part of parts)
      expect({ [part]: disturbed[part] }).toEqual({ [part]: undisturbed[part] });
    return undefined;
  } catch (error) {
    const told = describeError(error);
    say(told);
    return told;
  }
}

/** An assertion's message is cut short; its sides are whole. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!("expected" in error && "actual" in error)) return error.message;
  return `expected ${JSON.stringify(error.expected)}\nreceived ${JSON.stringify(error.actual)}`;
}
