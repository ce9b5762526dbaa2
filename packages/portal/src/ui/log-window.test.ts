import { expect, test } from "vitest";
import { filterLines, toPlainText, visibleRange, type LogLine } from "./log-window.ts";

const line = (text: string, source?: string): LogLine => ({
  key: text,
  time: "12:00:00",
  source,
  level: "info",
  text,
});

test.each<[string, [number, number, number], ReturnType<typeof visibleRange>]>([
  ["at the top", [0, 400, 10_000], { first: 0, last: 40 }],
  ["in the middle", [2_000, 400, 10_000], { first: 80, last: 140 }],
  ["past the end after the list became short", [2_000, 400, 10], { first: 10, last: 10 }],
  ["of nothing", [0, 400, 0], { first: 0, last: 0 }],
])("%s", (_name, given, range) => {
  expect(visibleRange(...given)).toEqual(range);
});

test("searching looks at text and source without regard to case", () => {
  const lines = [line("Wrote 12 files", "fetch"), line("embedded", "load"), line("done")];
  expect(filterLines(lines, "FILES")).toEqual([lines[0]]);
  expect(filterLines(lines, "load")).toEqual([lines[1]]);
  expect(filterLines(lines, " ")).toBe(lines);
});

test("copied lines keep time and source", () => {
  expect(toPlainText([line("a", "s"), line("b")])).toBe("12:00:00  s  a\n12:00:00  b");
});
