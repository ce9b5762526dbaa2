import { expect, test } from "vitest";
import {
  formatBytes,
  formatDuration,
  formatMoney,
  formatPercent,
  formatPlural,
  formatRelative,
} from "./format.ts";

const now = Date.parse("2030-05-01T12:00:00Z");

test.each([
  [-1_000, "just now"],
  [-12_000, "12 s ago"],
  [-61_000, "1 min ago"],
  [-5_400_000, "1 h ago"],
  [-86_400_000, "1 d ago"],
  [3 * 86_400_000, "in 3 d"],
  [-90 * 86_400_000, "3 months ago"],
])("a moment %d ms away reads %s", (offset, text) => {
  expect(formatRelative(now + offset, now)).toBe(text);
});

test.each([
  [0, "0 ms"],
  [999.4, "999 ms"],
  [1_000, "1.0 s"],
  [59_940, "59.9 s"],
  [59_960, "1 min"],
  [200_000, "3 min 20 s"],
  [3_599_900, "60 min"],
  [7_500_000, "2 h 5 min"],
  [90_000_000, "1 d 1 h"],
])("%d ms last %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.0 KB"],
  [99_949, "99.9 KB"],
  [999_600, "1.0 MB"],
  [50_000_000, "50.0 MB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, "$0.00"],
  [123, "$0.000123"],
  [12_500_000, "$12.50"],
  [1_234_567_890, "$1,234.57"],
  [-12_500_000, "-$12.50"],
])("%d micro-USD read %s", (amount, text) => {
  expect(formatMoney(amount)).toBe(text);
});

test("small shares are not shown as nothing", () => {
  expect(formatPercent(0)).toBe("0 %");
  expect(formatPercent(0.002)).toBe("< 1 %");
  expect(formatPercent(0.555)).toBe("56 %");
});

test("one is singular", () => {
  expect([formatPlural(1, "step"), formatPlural(2_000, "step")]).toEqual(["1 step", "2,000 steps"]);
});
