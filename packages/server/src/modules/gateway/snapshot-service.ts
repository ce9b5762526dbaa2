import { canonicalJson, type GatewaySnapshot } from "@causeway/contract";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db/database";
import { sha256 } from "#platform/ids";
import type { Log } from "#platform/log";
import type { Notifier } from "#platform/notify";
import type { CatalogPort, PromptsPort } from "./ports.ts";
import { listSnapshotKeys } from "./store/keys.ts";
import { lockSnapshotVersion, writeSnapshotVersion } from "./store/snapshot-version.ts";
import { toSnapshotContent } from "./to-snapshot.ts";

/** Signal: something that a snapshot is made of has changed. */
export const snapshotChannel = "gateway";

export type SnapshotDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly notifier: Notifier;
  readonly catalog: CatalogPort;
  readonly prompts: PromptsPort;
};
export type SnapshotService = ReturnType<typeof createSnapshotService>;

/** Keeps the newest snapshot in memory and wakes the gateways that wait for a newer one. */
export function createSnapshotService(deps: SnapshotDeps) {
  let current: GatewaySnapshot | undefined;
  const waiters = new Set<() => void>();
  const builds = shareBuilds(async () => {
    const snapshot = await buildSnapshot(deps);
    const isNew = snapshot.version !== current?.version;
    current = snapshot;
    if (isNew) for (const wake of waiters) wake();
    return snapshot;
  });
  const refreshLater = (): void => {
    builds.start().catch((error: unknown) => deps.log.error({ err: error }, "snapshot not built"));
  };
  const stops = [
    deps.catalog.onChange(refreshLater),
    deps.prompts.onChange(refreshLater),
    deps.notifier.subscribe(snapshotChannel, refreshLater),
  ];

  return {
    /** A snapshot that holds everything that is committed now. */
    refresh: builds.start,
    close: async (): Promise<void> => {
      for (const stop of stops) stop();
      for (const wake of waiters) wake();
      await builds.settle();
    },
    /** The newest snapshot as soon as its version is another one than `since`; undefined when the signal comes first. */
    waitForOther: async (since: number, signal: AbortSignal) => {
      const first = current ?? (await builds.start());
      if (first.version !== since) return first;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          waiters.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        waiters.add(wake);
        signal.addEventListener("abort", wake);
        if (signal.aborted) wake();
      });
      return current?.version === since ? undefined : current;
    },
  };
}

/** One build at a time. Whoever asks during one gets the next, begun after the ask; all who wait share it. */
function shareBuilds(build: () => Promise<GatewaySnapshot>) {
  let running: Promise<GatewaySnapshot> | undefined;
  let next: Promise<GatewaySnapshot> | undefined;
  const run = (): Promise<GatewaySnapshot> => {
    running = build().finally(() => {
      running = undefined;
    });
    return running;
  };
  /** A build under way holds a connection. */
  const settle = async (): Promise<void> => {
    const last = next ?? running;
    if (!last) return;
    await last.catch(() => {});
    await settle();
  };
  const start = (): Promise<GatewaySnapshot> => {
    if (!running) return run();
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return run();
      });
    return next;
  };
  return { start, settle };
}

async function buildSnapshot(deps: SnapshotDeps): Promise<GatewaySnapshot> {
  const now = deps.clock.now();
  return deps.db.transaction().execute(async (tx) => {
    const before = await lockSnapshotVersion(tx);
    const keys = await listSnapshotKeys(tx, now);
    const [providers, models, routes, budgets, prompts] = await Promise.all([
      deps.catalog.list({ kind: "Provider" }),
      deps.catalog.list({ kind: "Model" }),
      deps.catalog.list({ kind: "Route" }),
      deps.catalog.list({ kind: "Budget" }),
      deps.prompts.listPublished(),
    ]);
    const { content, faults } = toSnapshotContent({
      providers,
      models,
      routes,
      budgets,
      keys,
      prompts,
    });
    for (const fault of faults) deps.log.warn({ fault }, "left out of the gateway snapshot");
    const hash = sha256(canonicalJson(content));
    const version = before.version + (hash === before.content_hash ? 0 : 1);
    if (version !== before.version) await writeSnapshotVersion(tx, version, hash);
    return { ...content, version, builtAt: now.toISOString() };
  });
}
