import { expect, test } from "vitest";
import { explainExit, type Exit } from "./exit-reason.ts";

const exit: Exit = { code: 1, signal: null, endedBy: undefined };

type Case = {
  readonly name: string;
  readonly how: Exit;
  readonly said: string;
  readonly code: string;
};
const cases: readonly Case[] = [
  {
    name: "ended by the watch",
    how: { ...exit, endedBy: "memory" },
    said: "",
    code: "memory_limit",
  },
  {
    name: "a refused buffer",
    how: exit,
    said: "RangeError: Array buffer allocation failed",
    code: "memory_limit",
  },
  {
    name: "a full heap",
    how: exit,
    said: "# Fatal JavaScript out of memory: Reached heap limit",
    code: "memory_limit",
  },
  {
    name: "a right it lacks",
    how: exit,
    said: 'NotCapable: Requires net access to "evil:80"',
    code: "permission",
  },
  { name: "no health", how: { ...exit, endedBy: "health" }, said: "", code: "not_healthy" },
  { name: "a kill", how: { ...exit, code: null, signal: "SIGKILL" }, said: "", code: "killed" },
  { name: "its own end", how: { ...exit, code: 0 }, said: "bye", code: "exited" },
  { name: "a stop", how: { ...exit, endedBy: "stop" }, said: "", code: "stopped" },
];

test.each(cases)("$name is $code", ({ how, said, code }) => {
  expect(explainExit(how, [said], 64).code).toBe(code);
});

test("a worker too many is named as such", () => {
  const said = ["# Fatal process out of memory: Failed to reserve virtual memory for CodeRange"];
  expect(explainExit({ ...exit, code: null, signal: "SIGTRAP" }, said, 64).text).toMatch(
    /limits\.workers/,
  );
});

test("the memory limit is named with its number and where to change it", () => {
  expect(explainExit({ ...exit, endedBy: "memory" }, [], 64).text).toMatch(
    /64 MiB.*limits\.memoryMiB/,
  );
});
