import { expect, test } from "vitest";
import { windowAt } from "./budget-window.ts";

test.each([
  ["day", "2026-03-31T23:59:59.999Z", "2026-03-31T00:00:00.000Z", "2026-04-01T00:00:00.000Z"],
  ["day", "2026-04-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z", "2026-04-02T00:00:00.000Z"],
  ["month", "2026-12-15T12:00:00.000Z", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
  ["month", "2028-02-29T00:00:00.000Z", "2028-02-01T00:00:00.000Z", "2028-03-01T00:00:00.000Z"],
] as const)("a %s at %s begins at %s", (...[kind, now, start, end]) => {
  expect(windowAt(kind, new Date(now))).toEqual({ start, end });
});
