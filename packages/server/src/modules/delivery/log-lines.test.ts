import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  closeOutput,
  foldOutput,
  freshLogBudget,
  maxLineLength,
  noOpenLine,
  spendLogBudget,
  type OpenLine,
} from "./log-lines.ts";

function readAll(pieces: readonly string[], secret: string): string[] {
  let open: OpenLine = noOpenLine;
  const lines: string[] = [];
  for (const piece of pieces) {
    const folded = foldOutput(open, piece, secret);
    open = folded.open;
    lines.push(...folded.lines);
  }
  return [...lines, ...closeOutput(open, secret)];
}

test("lines are whole whatever the pieces were", () => {
  expect(readAll(["a", "b\nc\r", "\n\nd"], "")).toEqual(["ab", "c", "", "d"]);
});

test("the secret never appears, wherever a piece or an overlong line is cut", () => {
  const secret = "cwk_0123456789abcdef";
  const long = fc.integer({ min: 0, max: 3 }).map((n) => "x".repeat(n * (maxLineLength - 7)));
  const text = fc.array(fc.oneof(long, fc.constant(secret), fc.constant("\n"), fc.string()));
  const cuts = fc.array(fc.integer({ min: 1, max: maxLineLength }), { minLength: 1 });
  fc.assert(
    fc.property(text, cuts, (parts, sizes) => {
      const whole = parts.join("");
      const pieces: string[] = [];
      for (let at = 0, n = 0; at < whole.length; n++) {
        const size = sizes[n % sizes.length] ?? 1;
        pieces.push(whole.slice(at, at + size));
        at += size;
      }
      const lines = readAll(pieces, secret);
      expect(lines.join("")).not.toContain(secret);
      expect(Math.max(0, ...lines.map((line) => line.length))).toBeLessThanOrEqual(maxLineLength);
    }),
    { numRuns: 200 },
  );
});

test("a line without end does not pile up", () => {
  const { open, lines } = foldOutput(noOpenLine, "y".repeat(10 * maxLineLength), "secret");
  expect(lines).toHaveLength(9);
  expect(open.text.length).toBeLessThanOrEqual(maxLineLength + "secret".length);
});

test("what exceeds a minute's bytes is dropped, counted, and said in the next minute", () => {
  let budget = freshLogBudget;
  const verdicts = [10, 20, 30, 60_001].map((atMs) => {
    const verdict = spendLogBudget(budget, { bytes: 40, atMs }, 100);
    budget = verdict.budget;
    return [verdict.keep, verdict.report];
  });
  expect(verdicts).toEqual([
    [true, 0],
    [true, 0],
    [false, 0],
    [true, 1],
  ]);
});
