import { expect, test } from "vitest";
import { createLiveLog } from "./live-log.ts";

function open(lastSeq = 0) {
  const clock = { now: () => new Date(0) };
  return createLiveLog({ clock, lastSeq, onWaiting: () => {} });
}
const messages = (log: ReturnType<typeof open>): string[] =>
  log.take().lines.map((line) => `${line.seq} ${line.message}`);

test("a line that comes while others are written still waits", () => {
  const log = open(7);
  log.add("a", "info", "first");
  const { lines } = log.take();
  log.add("a", "info", "second");
  log.written(lines);
  expect(messages(log)).toEqual(["9 second"]);
});

test("lines whose write failed are taken again, in order", () => {
  const log = open();
  log.add("a", "info", "first");
  log.take();
  log.add("b", "warn", "second");
  expect(messages(log)).toEqual(["1 first", "2 second"]);
});

test("an older write that answers late takes nothing newer away", () => {
  const log = open();
  log.add("a", "info", "first");
  const early = log.take().lines;
  log.add("a", "info", "second");
  log.written(log.take().lines);
  log.add("a", "info", "third");
  log.written(early);
  expect(messages(log)).toEqual(["3 third"]);
});

test("of progress only the newest is taken, and once", () => {
  const log = open();
  log.progress("a", { done: 1, total: 2, unit: "files" });
  log.progress("a", { done: 2, total: 2, unit: "files" });
  expect(log.take().progress).toEqual([
    { id: "a", progress: { done: 2, total: 2, unit: "files" } },
  ]);
  expect(log.take().progress).toEqual([]);
});

test("what looks like a credential, NUL and halves of characters do not get into the log", () => {
  const log = open();
  log.add("a", "info", "token=abcdef12345 \0 \ud800");
  expect(messages(log)).toEqual(["1 token=[removed]  \ufffd"]);
});
