import { describe, expect, test } from "vitest";
import { formatCost, formatDuration, formatStepCost } from "./format-value.ts";
import { createOutput } from "./output.ts";
import { createStyle, cutTo, plainStyle, widthOf, wrapText } from "./style.ts";
import { tableLines } from "./table.ts";

const coloured = createStyle({ colours: true });

describe("colours appear only on a terminal that wants them", () => {
  const stdout = (isTTY: boolean) => ({ write: () => true, isTTY, columns: 80 });
  test.each([
    ["a terminal", { isTTY: true, env: {} }, true],
    ["a pipe", { isTTY: false, env: {} }, false],
    ["NO_COLOR", { isTTY: true, env: { NO_COLOR: "1" } }, false],
    ["a dumb terminal", { isTTY: true, env: { TERM: "dumb" } }, false],
  ])("%s", (_name, { isTTY, env }, hasColours) => {
    const output = createOutput({ stdout: stdout(isTTY), stderr: stdout(isTTY), env });
    expect(output.style.good("x") !== "x").toBe(hasColours);
  });
});

test("colour codes take no room when a text is measured or cut", () => {
  const text = `${coloured.good("abc")}def`;
  expect(widthOf(text)).toBe(6);
  expect(widthOf(cutTo(text, 4))).toBe(4);
  expect(cutTo("abcdef", 4)).toBe("abc…");
  expect(cutTo("abc", 4)).toBe("abc");
});

test("wraps at words and never loses one", () => {
  expect(wrapText("one two three four", 9)).toEqual(["one two", "three", "four"]);
  expect(wrapText("", 9)).toEqual([]);
});

test("a table aligns its columns by what is seen", () => {
  const rows = [
    { name: coloured.good("a"), calls: 5 },
    { name: "long", calls: 1_000 },
  ];
  const lines = tableLines(
    rows,
    [
      { title: "NAME", value: (row) => row.name },
      { title: "CALLS", value: (row) => String(row.calls), align: "right" },
    ],
    plainStyle,
  );
  expect(lines[0]).toBe("NAME  CALLS");
  expect(lines[2]).toBe("long   1000");
  expect(widthOf(lines[1] ?? "")).toBe(11);
});

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [1_500, "1.5 s"],
  [61_000, "1 min 1 s"],
])("%i ms reads %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

test("cost says what is unknown and what is notional", () => {
  expect(formatCost(null, false)).toBe("unknown");
  expect(formatCost(12, true)).toBe("$0.000012 (notional)");
  expect(formatCost(0, true)).toBe("$0.00");
  expect(formatStepCost({ monthlyMicroUsd: 0, onceMicroUsd: 0, notional: false })).toBe("no cost");
});
