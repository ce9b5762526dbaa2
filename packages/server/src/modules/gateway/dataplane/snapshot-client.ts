import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { gatewaySnapshot, type GatewaySnapshot } from "@causeway/contract";
import { codeOf, writeFileAtomically } from "#platform/files";
import type { Log } from "#platform/log";
import type { ControlClient } from "./control-client.ts";
import { toTables, type Tables } from "./snapshot-tables.ts";

export type SnapshotClientDeps = {
  readonly path: string;
  readonly control: ControlClient;
  readonly log: Log;
  /** After each swap. */
  readonly onApplied: (tables: Tables) => void;
};
export type SnapshotClient = ReturnType<typeof createSnapshotClient>;

const emptySnapshot: GatewaySnapshot = {
  version: -1,
  builtAt: new Date(0).toISOString(),
  providers: [],
  routes: [],
  budgets: [],
  keys: [],
  prompts: [],
};

/** Holds the newest tables. They come from the control plane, or at a start without it from the disk (I10). */
export function createSnapshotClient(deps: SnapshotClientDeps) {
  let tables = toTables(emptySnapshot);
  let isConnected = false;
  const stop = new AbortController();
  let polling: Promise<void> | undefined;

  const apply = (snapshot: GatewaySnapshot): void => {
    tables = toTables(snapshot);
    deps.onApplied(tables);
  };
  const pollOnce = async (): Promise<void> => {
    const snapshot = await deps.control.pollSnapshot(tables.version, stop.signal);
    isConnected = true;
    if (!snapshot) return;
    // Applied before it is saved: the next poll tells the control plane so, and a full disk must not hold back a revocation.
    apply(snapshot);
    await save(deps, snapshot);
  };
  const poll = async (): Promise<void> => {
    let pauseMs = 100;
    while (!stop.signal.aborted) {
      try {
        await pollOnce();
        pauseMs = 100;
      } catch (error) {
        if (stop.signal.aborted) return;
        if (isConnected) deps.log.warn({ err: error }, "control plane out of reach, going on");
        isConnected = false;
        await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => {});
        pauseMs = Math.min(pauseMs * 2, 2_000);
      }
    }
  };

  return {
    tables: () => tables,
    isConnected: () => isConnected,
    start: async (): Promise<void> => {
      const saved = await load(deps);
      if (saved) apply(saved);
      polling = poll();
    },
    close: async (): Promise<void> => {
      stop.abort();
      await polling;
    },
  };
}

async function load({ path, log }: SnapshotClientDeps): Promise<GatewaySnapshot | undefined> {
  try {
    return gatewaySnapshot.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (codeOf(error) !== "ENOENT") log.warn({ err: error, path }, "saved snapshot not usable");
    return undefined;
  }
}

async function save({ path, log }: SnapshotClientDeps, snapshot: GatewaySnapshot): Promise<void> {
  try {
    await writeFileAtomically(path, JSON.stringify(snapshot), 0o600);
  } catch (error) {
    log.error(
      { err: error, path },
      "snapshot not saved; a restart without control plane would use an older one",
    );
  }
}
