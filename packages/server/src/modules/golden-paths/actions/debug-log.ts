import { join } from "node:path";
import {
  defineAction,
  noCost,
  workspaceNotes,
  type AnyAction,
  type ExecuteContext,
} from "@causeway/contract";
import { z } from "zod";
import { isBinary, type TreeEntry } from "../render-tree.ts";
import { readTree } from "./tree-files.ts";

const input = z.strictObject({
  message: z.string().max(10_000).optional(),
  listWorkspace: z.union([z.boolean(), z.enum(["with-filenames", "with-contents"])]).optional(),
});
const maxShownCharacters = 4_000;

/** Writes to the run's log, as Backstage's does. */
export function debugLog(): AnyAction {
  return defineAction({
    id: "debug:log",
    version: 1,
    title: "Write to the run's log",
    input,
    output: z.strictObject({}),
    undoRecord: z.strictObject({}),
    effects: { writes: [], reads: ["workspace"], risk: "low", undo: "spend", cost: "none" },
    preview: async (input) => ({
      summary: input.message ? `Log: ${input.message}` : "Log the files of the workspace",
      changes: [],
      resources: [],
      cost: noCost,
      output: {},
    }),
    execute: async (input, ctx) => {
      if (input.message !== undefined) ctx.log("info", input.message);
      if (input.listWorkspace) await listWorkspace(input.listWorkspace, ctx);
      return { output: {}, undo: {} };
    },
  });
}

async function listWorkspace(how: true | string, ctx: ExecuteContext): Promise<void> {
  const entries = await readTree(join(ctx.workspace));
  for (const entry of entries) {
    if (entry.kind === "directory" || entry.path.startsWith(`${workspaceNotes}/`)) continue;
    ctx.log("info", how === "with-contents" ? `${entry.path}:\n${contentOf(entry)}` : entry.path);
  }
}

function contentOf(entry: TreeEntry): string {
  if (entry.kind !== "file" || isBinary(entry.content)) return "(no text)";
  return new TextDecoder().decode(entry.content).slice(0, maxShownCharacters);
}
