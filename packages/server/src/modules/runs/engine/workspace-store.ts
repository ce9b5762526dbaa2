import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isRunAtRest } from "@causeway/contract";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db/database";
import { findState } from "../store/runs.ts";

/** A run's directory while it may still need it: steps hand files on through it, and a crash or a failure leaves it. */
export function openOnce(directory: string): () => Promise<string> {
  let isOpen = false;
  return async () => {
    if (!isOpen) await mkdir(directory, { recursive: true });
    isOpen = true;
    return directory;
  };
}

export async function removeWorkspace(workspaces: string, runId: string): Promise<void> {
  await rm(join(workspaces, runId), { recursive: true, force: true });
}

/** A directory of its own for one preview, gone afterwards. */
export async function withPreviewWorkspace<Result>(
  workspaces: string,
  previewId: string,
  work: (workspace: string) => Promise<Result>,
): Promise<Result> {
  const workspace = join(workspaces, previews, previewId);
  await mkdir(workspace, { recursive: true });
  try {
    return await work(workspace);
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

const previews = "previews";
/** Longer than any preview may take. */
const previewAgeMs = 3_600_000;

/** What a kill left behind: directories of runs that have ended, and of previews of long ago. */
export async function removeLeftWorkspaces(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly workspaces: string;
}): Promise<void> {
  const { db, clock, workspaces } = deps;
  for (const runId of await listFolder(workspaces)) {
    if (runId === previews) continue;
    const state = await findState(db, runId);
    if (state && isRunAtRest(state) && state !== "failed") await removeWorkspace(workspaces, runId);
  }
  for (const name of await listFolder(join(workspaces, previews))) {
    const path = join(workspaces, previews, name);
    const changedAt = await stat(path).catch(() => undefined);
    const isOld = changedAt && changedAt.mtimeMs < clock.now().getTime() - previewAgeMs;
    if (isOld) await rm(path, { recursive: true, force: true });
  }
}

async function listFolder(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}
