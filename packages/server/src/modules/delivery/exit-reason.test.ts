import { expect, test } from "vitest";
import { explainExit } from "./exit-reason.ts";

const exit = { code: 1, signal: null, endedBy: undefined } as const;

test.each([
  ["ended by the watch", { ...exit, endedBy: "memory" as const }, [], "memory_limit"],
  ["a refused buffer", exit, ["RangeError: Array buffer allocation failed"], "memory_limit"],
  ["a full heap", exit, ["# Fatal JavaScript out of memory: Reached heap limit"], "memory_limit"],
  ["a right it lacks", exit, ['NotCapable: Requires net access to "evil:80"'], "permission"],
  ["no health", { ...exit, endedBy: "health" as const }, [], "not_healthy"],
  ["a kill", { code: null, signal: "SIGKILL", endedBy: undefined }, [], "killed"],
  ["its own end", { ...exit, code: 0 }, ["bye"], "exited"],
  ["a stop", { ...exit, endedBy: "stop" as const }, [], "stopped"],
])("%s", (_name, ...[how, lines, code]) => {
  expect(explainExit(how, lines, 64).code).toBe(code);
});

test("the memory limit is named with its number and where to change it", () => {
  expect(explainExit({ ...exit, endedBy: "memory" }, [], 64).text).toMatch(
    /64 MiB.*limits\.memoryMiB/,
  );
});
