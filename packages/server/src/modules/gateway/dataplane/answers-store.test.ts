import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { answerLimits, openAnswers } from "./answers-store.ts";

let directory: string;
let now: number;
const clock = { now: () => new Date(now) };
beforeEach(async () => {
  now = Date.now();
  directory = await mkdtemp(join(tmpdir(), "cw-answers-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const begun = { requestId: "req_1", bodyHash: "h", attempts: 1, answer: null };

test("what was written is found again by the next process, until it is a day old", async () => {
  await openAnswers({ directory, clock }).write("a", begun);
  const next = openAnswers({ directory, clock });
  expect(await next.find("a")).toEqual(begun);
  now += answerLimits.ageMs + 60_000;
  expect(await next.find("a")).toBeUndefined();
});

test.each([
  ["too many", { ...answerLimits, entries: 2 }],
  ["too large together", { ...answerLimits, totalBytes: 2 * JSON.stringify(begun).length }],
])("the oldest go when they are %s", async (_why, limits) => {
  const answers = openAnswers({ directory, clock, limits });
  for (const name of ["a", "b", "c"]) await answers.write(name, begun);
  expect(await answers.find("a")).toBeUndefined();
  expect(await answers.find("b")).toEqual(begun);
  expect(await readdir(directory)).toEqual(["b.json", "c.json"]);
});

test("a damaged file is as good as none, and half a one goes", async () => {
  await writeFile(join(directory, "a.json"), '{"requestId":');
  await writeFile(join(directory, "b.json.1f2e.tmp"), '{"requestId":');
  expect(await openAnswers({ directory, clock }).find("a")).toBeUndefined();
  expect(await readdir(directory)).toEqual(["a.json"]);
});
