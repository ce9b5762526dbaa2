import { expect, test } from "vitest";
import { decideKey, type KeyPress } from "./keyboard.ts";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  hasModifier: false,
  isTyping: false,
  ...more,
});

test("g waits for one letter and forgets it after that", () => {
  const first = decideKey(false, press("g"));
  expect(first).toEqual({ isGoing: true, command: undefined });
  expect(decideKey(first.isGoing, press("c"))).toEqual({
    isGoing: false,
    command: { kind: "go", letter: "c" },
  });
});

test.each([
  ["/", { kind: "filter" }],
  ["?", { kind: "shortcuts" }],
  ["j", { kind: "row", step: 1 }],
  ["k", { kind: "row", step: -1 }],
  ["x", undefined],
])("%s alone", (key, command) => {
  expect(decideKey(false, press(key)).command).toEqual(command);
});

test("letters stay text in fields, and shortcuts of the browser stay its own", () => {
  expect(decideKey(false, press("j", { isTyping: true })).command).toBeUndefined();
  expect(decideKey(false, press("k", { hasModifier: true })).command).toBeUndefined();
  expect(decideKey(true, press("Shift")).isGoing).toBe(true);
});
