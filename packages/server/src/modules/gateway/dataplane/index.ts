import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "#platform/clock";
import { noCrashPoint, type CrashPoint } from "#platform/crash-points";
import { writeFileAtomically } from "#platform/files";
import type { Home } from "#platform/home";
import { lockHome } from "#platform/home-lock";
import { newId } from "#platform/ids";
import type { Log } from "#platform/log";
import { loadTokenizer } from "../providers/tokenizer.ts";
import { openAnswers } from "./answers-store.ts";
import { createAccounting } from "./accounting-service.ts";
import { createBudgetBook } from "./budget-book.ts";
import { createControlClient } from "./control-client.ts";
import { createDelivery } from "./usage-client.ts";
import { completeLeftOver, createIdempotency } from "./idempotency-service.ts";
import { openJournal } from "./journal-store.ts";
import { createLeases } from "./lease-client.ts";
import { createMetrics } from "./metrics.ts";
import { createProviderPool } from "./provider-client.ts";
import { createRecentRequests } from "./recent-requests.ts";
import { createDataplaneApp } from "./routes.ts";
import { createSnapshotClient } from "./snapshot-client.ts";
import type { Tables } from "./snapshot-tables.ts";

export type DataplaneDeps = {
  readonly home: Home;
  /** Where the control plane answers, without a path. */
  readonly controlOrigin: string;
  readonly internalToken: string;
  /** Reads one environment variable that a Provider names. */
  readonly readCredential: (name: string) => string | undefined;
  readonly deadlineMs: number;
  readonly firstTokenMs?: number;
  readonly idleMs?: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly crashPoint?: CrashPoint;
};
export type Dataplane = {
  readonly gateway: string;
  /** Resolves to the origin. */
  listen(options: { readonly host: string; readonly port: number }): Promise<string>;
  /** Lets calls under way end, delivers what it can, stops. */
  close(): Promise<void>;
};

/** One data plane on one home. Holds everything in memory and in files; reaches no database, even through its imports. */
export async function createDataplane(deps: DataplaneDeps): Promise<Dataplane> {
  const { home, log, clock } = deps;
  await mkdir(home.gateway.spool, { recursive: true, mode: 0o700 });
  const lock = await lockHome({
    ...home,
    root: home.gateway.root,
    lock: join(home.gateway.root, "lock"),
  });
  const gateway = await readOrCreateId(join(home.gateway.root, "id"));
  const money = await openMoney(deps, gateway);
  const metrics = money.metrics;
  const snapshots = createSnapshotClient({
    path: home.gateway.snapshot,
    control: money.control,
    log,
    onApplied: (tables) => prepareFor(tables, log),
  });
  const { readCredential } = deps;
  const providers = createProviderPool({ clock, readCredential, connectTimeoutMs: 5_000 });
  const app = createDataplaneApp({
    gateway,
    clock,
    log,
    accounting: money.accounting,
    providers,
    recent: money.recent,
    metrics,
    patience: { firstTokenMs: deps.firstTokenMs ?? 30_000, idleMs: deps.idleMs ?? 30_000 },
    deadlineMs: deps.deadlineMs,
    newSpanId: () => randomBytes(8).toString("hex"),
    crashPoint: deps.crashPoint ?? noCrashPoint,
    idempotency: money.idempotency,
    snapshots,
    control: money.control,
    internalToken: deps.internalToken,
    refreshGauges: () => {
      metrics.set("causeway_gateway_spool_bytes", money.journal.pendingBytes());
      metrics.set("causeway_gateway_snapshot_version", snapshots.tables().version);
      metrics.set("causeway_gateway_control_connected", snapshots.isConnected() ? 1 : 0);
    },
  });
  const close = async (): Promise<void> => {
    await app.close();
    await snapshots.close();
    await money.close();
    await providers.close();
    await lock.release();
  };
  return {
    gateway,
    close,
    listen: async ({ host, port }) => {
      await snapshots.start();
      money.delivery.start();
      return app.listen({ host, port });
    },
  };
}

function prepareFor(tables: Tables, log: Log): void {
  log.info({ version: tables.version, keys: tables.keys.size }, "settings applied");
  // The first call of a local model must not wait for its tables.
  const isLocal = [...tables.providers.values()].some(({ driver }) => driver === "local");
  if (isLocal) void loadTokenizer();
}

/** Everything that spends or remembers: recovered from disk before the first call. */
async function openMoney(deps: DataplaneDeps, gateway: string) {
  const { log, clock } = deps;
  const control = createControlClient({
    origin: deps.controlOrigin,
    internalToken: deps.internalToken,
    gateway,
  });
  const book = createBudgetBook();
  const journal = openJournal({ directory: deps.home.gateway.spool, log });
  for (const account of journal.recovered.accounts) book.restore(account);
  journal.rotate(book.save());
  const leases = createLeases({ book, control, journal, clock, log });
  const metrics = createMetrics();
  const recent = createRecentRequests();
  const delivery = createDelivery({
    journal,
    control,
    log,
    onRound: () => {
      leases.prune();
      if (journal.isRotationDue()) journal.rotate(book.save());
    },
  });
  const accounting = createAccounting({ log, book, leases, journal, delivery, recent, metrics });
  const answers = openAnswers({ directory: join(deps.home.gateway.root, "answers"), clock });
  accounting.settleLeftOver(await completeLeftOver(answers, journal.recovered.open));
  const idempotency = createIdempotency({ answers, log });
  const close = async (): Promise<void> => {
    await delivery.close();
    await control.close();
    journal.close();
  };
  return { control, journal, metrics, recent, delivery, accounting, idempotency, close };
}

async function readOrCreateId(path: string): Promise<string> {
  const existing = await readFile(path, "utf8").catch(() => "");
  if (existing.trim() !== "") return existing.trim();
  const id = newId("gw");
  await writeFileAtomically(path, `${id}\n`, 0o600);
  return id;
}

export type StartGateway = DataplaneDeps & { readonly host: string; readonly port: number };

/** What `main.ts gateway` calls. */
export async function startGateway(
  options: StartGateway,
): Promise<{ origin: string; close(): Promise<void> }> {
  const dataplane = await createDataplane(options);
  const origin = await dataplane.listen(options);
  options.log.info({ origin, gateway: dataplane.gateway }, "gateway listens");
  return { origin, close: () => dataplane.close() };
}
