import { expect, test } from "vitest";
import { sumUp, tableOf } from "./test-report.ts";

const groups = [
  { name: "unit", passed: 12, failed: 0, skipped: 0 },
  { name: "db", passed: 3, failed: 1, skipped: 0 },
  { name: "browser", passed: 0, failed: 0, skipped: 2, note: "no Chromium" },
];

test("the sum counts every group", () => {
  expect(sumUp(groups)).toEqual({ passed: 15, failed: 1, skipped: 2 });
});

test("a skipped group is shown as skipped with its reason, never as passed", () => {
  expect(tableOf(groups).split("\n")).toEqual([
    "✓  unit     12 passed",
    "✗  db       3 passed   1 failed",
    "–  browser  0 passed             2 skipped  no Chromium",
  ]);
});
