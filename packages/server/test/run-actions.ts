/** Actions for tests of runs: their effects are lines in a file, so that a test in another process can count them. */
import { access, appendFile, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import {
  defineAction,
  InvalidError,
  noCost,
  UnavailableError,
  type AnyAction,
} from "@causeway/contract";
import { z } from "zod";

/** Every attempt is a line `try <key>`; the effect itself is `did <key>`, once for each key. */
export function effectAction(file: string): AnyAction {
  return defineAction({
    id: "test:effect",
    version: 1,
    title: "Leave a mark",
    input: z.strictObject({
      mark: z.string(),
      logLines: z.int().default(0),
      /** Works until this file exists, or the run is lost. */
      until: z.string().optional(),
    }),
    output: z.strictObject({ mark: z.string(), key: z.string() }),
    undoRecord: z.strictObject({ mark: z.string() }),
    effects: { writes: ["mark"], reads: [], risk: "medium", undo: "restore", cost: "none" },
    preview: async ({ mark }) => ({
      summary: `Would leave the mark ${mark}`,
      changes: [{ verb: "create", kind: "mark", ref: mark }],
      resources: [{ ref: `mark:${mark}`, version: null }],
      cost: noCost,
      output: { mark },
    }),
    execute: async ({ mark, logLines, until }, ctx) => {
      await appendFile(file, `try ${ctx.idempotencyKey}\n`);
      for (let line = 1; line <= logLines; line++) ctx.log("info", `line ${line} of ${mark}`);
      ctx.progress(1, 2, "marks");
      if (until !== undefined) await waitForFile(until, ctx.signal);
      ctx.crashPoint("test:effect:before");
      if (!(await readMarks(file)).did.includes(ctx.idempotencyKey)) {
        await appendFile(file, `did ${ctx.idempotencyKey}\n`);
      }
      ctx.crashPoint("test:effect:after");
      return { output: { mark, key: ctx.idempotencyKey }, undo: { mark } };
    },
  });
}

async function waitForFile(file: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !(await isThere(file))) await sleep(20);
}

export async function readMarks(file: string): Promise<{ tried: string[]; did: string[] }> {
  const lines = (await readFile(file, "utf8").catch(() => "")).split("\n");
  const starting = (word: string): string[] =>
    lines.filter((line) => line.startsWith(word)).map((line) => line.slice(word.length));
  return { tried: starting("try "), did: starting("did ") };
}

/** Harmless: one step of it runs inline. `version` is what its preview sees of the resource. */
export function setAction(values: Map<string, string>): AnyAction {
  return defineAction({
    id: "test:set",
    version: 1,
    title: "Set a value",
    input: z.strictObject({ name: z.string(), value: z.string() }),
    output: z.strictObject({ name: z.string(), value: z.string() }),
    undoRecord: z.strictObject({ name: z.string(), before: z.string().nullable() }),
    effects: { writes: ["value"], reads: [], risk: "low", undo: "restore", cost: "none" },
    preview: async ({ name, value }) => ({
      summary: `Would set ${name}`,
      changes: [{ verb: values.has(name) ? "update" : "create", kind: "value", ref: name }],
      resources: [{ ref: `value:${name}`, version: values.get(name) ?? null }],
      cost: noCost,
      output: { name, value },
    }),
    execute: async ({ name, value }, ctx) => {
      ctx.log("info", `setting ${name}`);
      const before = values.get(name) ?? null;
      values.set(name, value);
      return { output: { name, value }, undo: { name, before } };
    },
  });
}

/** Fails as often as `failures` still says, with what it says. */
export function failingAction(failures: Error[]): AnyAction {
  return defineAction({
    id: "test:fail",
    version: 1,
    title: "Fail now and then",
    input: z.strictObject({}),
    output: z.strictObject({ worked: z.boolean() }),
    undoRecord: z.strictObject({}),
    effects: { writes: [], reads: [], risk: "medium", undo: "none", cost: "none" },
    preview: async () => ({
      summary: "May fail",
      changes: [],
      resources: [],
      cost: noCost,
      output: {},
    }),
    execute: async () => {
      const failure = failures.shift();
      if (failure) throw failure;
      return { output: { worked: true }, undo: {} };
    },
  });
}

/** Fails until the file is there. */
export const flakyAction = defineAction({
  id: "test:flaky",
  version: 1,
  title: "Fail until mended",
  input: z.strictObject({ mended: z.string() }),
  output: z.strictObject({ worked: z.boolean() }),
  undoRecord: z.strictObject({}),
  effects: { writes: [], reads: [], risk: "medium", undo: "restore", cost: "none" },
  preview: async () => ({
    summary: "May fail",
    changes: [],
    resources: [],
    cost: noCost,
    output: {},
  }),
  execute: async ({ mended }) => {
    if (await isThere(mended)) return { output: { worked: true }, undo: {} };
    throw new UnavailableError({ code: "not_mended", message: `${mended} is not there` });
  },
});

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Its preview refuses. */
export const refusingAction = defineAction({
  id: "test:refuse",
  version: 1,
  title: "Refuse",
  input: z.strictObject({}),
  output: z.strictObject({}),
  undoRecord: z.strictObject({}),
  effects: { writes: [], reads: [], risk: "low", undo: "restore", cost: "none" },
  preview: async () => {
    throw new InvalidError({
      code: "folder_missing",
      message: "The folder docs does not exist",
      fix: "Name a folder that exists.",
    });
  },
  execute: async () => ({ output: {}, undo: {} }),
});
