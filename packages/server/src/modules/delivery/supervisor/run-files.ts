import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { writeFileAtomically } from "#platform/files";
import type { Log } from "#platform/log";
import { commandOf, isSameProcess, type ProcessIdentity } from "#platform/processes";
import type { Runner } from "../runner/runner.ts";

const runFile = z.object({
  pid: z.int().positive(),
  began: z.string(),
  service: z.string(),
  commit: z.string(),
  port: z.int(),
  folder: z.string(),
});
export type RunFile = z.infer<typeof runFile>;

/** Which processes are ours, noted before each runs its first line, so that a start after a kill -9 finds them all. */
export type RunFiles = {
  note(file: RunFile): Promise<void>;
  remove(file: Pick<RunFile, "pid" | "service">): Promise<void>;
  /** Ends what an earlier platform left running. Returns the names of the services. */
  endOrphans(): Promise<string[]>;
};

export type RunFilesDeps = {
  readonly directory: string;
  readonly runner: Runner;
  readonly log: Log;
};

export function createRunFiles(deps: RunFilesDeps): RunFiles {
  const pathOf = ({ service, pid }: Pick<RunFile, "pid" | "service">) =>
    join(deps.directory, `${service}.${pid}.json`);
  return {
    note: async (file) => {
      await mkdir(deps.directory, { recursive: true, mode: 0o700 });
      await writeFileAtomically(pathOf(file), JSON.stringify(file), 0o600);
    },
    remove: (file) => rm(pathOf(file), { force: true }),
    endOrphans: () => endOrphans(deps),
  };
}

async function endOrphans(deps: RunFilesDeps): Promise<string[]> {
  const names = await readdir(deps.directory).catch(() => []);
  const ended = await Promise.all(
    names.map(async (name) => {
      const path = join(deps.directory, name);
      const file = await readRunFile(path);
      const isOrphan = file !== undefined && (await isOurs(deps.runner, file));
      if (isOrphan) {
        deps.log.info(
          { service: file.service, pid: file.pid },
          "ending a service left by an earlier start",
        );
        await endGroup(file);
      }
      await rm(path, { force: true });
      return isOrphan ? [file.service] : [];
    }),
  );
  return ended.flat();
}

async function readRunFile(path: string): Promise<RunFile | undefined> {
  try {
    return runFile.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined; // half a temporary file: nothing that ran was noted in it
  }
}

/** Number, start time and command line must all be right: a number alone may belong to anybody by now. */
async function isOurs(runner: Runner, file: RunFile): Promise<boolean> {
  return (await isSameProcess(file)) && runner.isCommandOf(await commandOf(file.pid), file.folder);
}

const orphanGraceMs = 2_000;

async function endGroup(identity: ProcessIdentity): Promise<void> {
  kill(identity.pid, "SIGTERM");
  for (let waitedMs = 0; waitedMs < orphanGraceMs; waitedMs += 25) {
    if (!(await isSameProcess(identity))) return;
    await sleep(25);
  }
  kill(identity.pid, "SIGKILL");
  while (await isSameProcess(identity)) await sleep(10);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended by itself meanwhile.
  }
}
