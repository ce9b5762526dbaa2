import { expect, test } from "vitest";
import { unifiedDiff } from "./diff.ts";

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join("");

test.each([
  ["nothing", "a\n", "a\n", ""],
  ["a new text", "", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n"],
  ["a text that goes", "a\n", "", "@@ -1,1 +0,0 @@\n-a\n"],
  ["a changed line", "a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"],
  [
    "two places far apart",
    lines(1, 20),
    lines(1, 20).replace("2\n", "two\n").replace("\n19\n", "\n"),
    "@@ -1,5 +1,5 @@\n 1\n-2\n+two\n 3\n 4\n 5\n@@ -16,5 +16,4 @@\n 16\n 17\n 18\n-19\n 20\n",
  ],
])("shows %s", (_name, ...[before, after, expected]) => {
  expect(unifiedDiff(before, after)).toBe(expected);
});
