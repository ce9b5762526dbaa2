import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { ConflictError, UnavailableError } from "@causeway/contract";
import { codeOf } from "./files.ts";
import type { Home } from "./home.ts";
import { findProcess, isSameProcess, type ProcessIdentity } from "./processes.ts";

export type HomeLock = { release(): Promise<void> };

/** One platform a home. The lock of a process that was killed is taken over; the start time tells it from a new process
 *  under the same number. Throws ConflictError `home_in_use` with the owner's pid. */
export async function lockHome(home: Home): Promise<HomeLock> {
  const own = await findProcess(process.pid);
  if (!own) throw new Error("this process does not find itself");
  const text = JSON.stringify(own);
  // A link is atomic and brings its content with it, so nobody ever sees an empty lock.
  const temporary = `${home.lock}.${randomBytes(6).toString("hex")}`;
  await writeFile(temporary, text, { mode: 0o600, flag: "wx" });
  try {
    await takeLock(home, temporary);
  } finally {
    await rm(temporary, { force: true });
  }
  return {
    release: async () => {
      const held = await readFile(home.lock, "utf8").catch(() => "");
      if (held === text) await rm(home.lock, { force: true });
    },
  };
}

async function takeLock(home: Home, temporary: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      await link(temporary, home.lock);
      return;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    await removeIfStale(home);
  }
  throw new UnavailableError({
    code: "home_lock_busy",
    message: `${home.lock} changes hands all the time`,
    fix: "Start one platform only, then try again.",
  });
}

async function removeIfStale(home: Home): Promise<void> {
  const text = await readFile(home.lock, "utf8").catch(() => undefined);
  if (text === undefined) return;
  const owner = parseLock(text);
  if (owner && (await isSameProcess(owner))) throw inUse(home, owner.pid);
  // Of several that found the same stale lock, one moves it away. Whoever then moves a fresh one puts it back.
  const aside = `${home.lock}.${randomBytes(6).toString("hex")}`;
  try {
    await rename(home.lock, aside);
    if ((await readFile(aside, "utf8")) !== text) await link(aside, home.lock);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && codeOf(error) !== "EEXIST") throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/** The process that holds the home now, if one does. */
export async function findHomeOwner(home: Home): Promise<ProcessIdentity | undefined> {
  const text = await readFile(home.lock, "utf8").catch(() => "");
  const owner = parseLock(text);
  return owner && (await isSameProcess(owner)) ? owner : undefined;
}

function parseLock(text: string): ProcessIdentity | undefined {
  const [, pid, began] = /^\{"pid":(\d+),"began":"([^"]*)"\}$/.exec(text) ?? [];
  return pid === undefined || began === undefined ? undefined : { pid: Number(pid), began };
}

function inUse(home: Home, pid: number): ConflictError {
  return new ConflictError({
    code: "home_in_use",
    message: `Another platform (process ${pid}) runs on ${home.root}`,
    fix: "Stop it with npm run down, or start this one with another CAUSEWAY_HOME and other ports.",
    extra: { pid },
  });
}
