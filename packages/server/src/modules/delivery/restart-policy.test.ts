import { expect, test } from "vitest";
import { decideRestart, restartRules, type Life } from "./restart-policy.ts";

const short = (count: number): Life[] =>
  Array.from({ length: count }, (_, n) => ({ startedAtMs: n * 1_000, endedAtMs: n * 1_000 + 500 }));
const long: Life = { startedAtMs: 0, endedAtMs: restartRules.stableMs };

test.each([
  [1, 250],
  [2, 500],
  [4, 2_000],
  [7, 16_000],
])("after %i short lives in a row waits between half and all of %i ms", (lives, fullMs) => {
  expect(decideRestart(short(lives), 0)).toMatchObject({ kind: "restart", delayMs: fullMs / 2 });
  const { delayMs } = decideRestart(short(lives), 0.999_999) as { delayMs: number };
  expect(delayMs).toBeLessThanOrEqual(fullMs);
  expect(delayMs).toBeGreaterThan(fullMs * 0.99);
});

test("gives up after too many short lives", () => {
  expect(decideRestart(short(restartRules.maxShortLives), 0.5)).toEqual({
    kind: "giveUp",
    attempts: restartRules.maxShortLives,
  });
});

test("a long life pays all earlier failures off", () => {
  expect(decideRestart([...short(7), long], 0)).toMatchObject({
    kind: "restart",
    delayMs: 125,
    attempt: 1,
  });
  expect(decideRestart([...short(7), long, ...short(1)], 0)).toMatchObject({
    delayMs: 125,
    attempt: 2,
  });
});
