import type { RunLogLine } from "@causeway/contract";
import { sql } from "kysely";
import type { Db, Tx } from "#platform/db/database";
import type { BoundaryWrite } from "../engine/advance.ts";
import { claimed, type Claimed } from "../rows.ts";

export type Lease = { readonly holder: string; readonly leaseMs: number };

/** Takes the run when it is ready or its holder is gone; undefined when there is nothing to take. */
export async function claimRun(tx: Tx, runId: string, lease: Lease): Promise<Claimed | undefined> {
  const { rows } = await sql<{ claim: unknown }>`
    select run_claim(${runId}, ${lease.holder}, ${toInterval(lease.leaseMs)}::interval) as claim`.execute(
    tx,
  );
  const claim = rows[0]?.claim;
  return claim === null || claim === undefined ? undefined : claimed.parse(claim);
}

export type BoundaryPlace = {
  readonly runId: string;
  readonly epoch: number;
  /** The how-manieth of this epoch, from 0. */
  readonly boundary: number;
  readonly leaseMs: number;
};

export type StoredWrite = BoundaryWrite & { readonly logs: readonly RunLogLine[] };

/** One round trip; outside a transaction it is one of its own. */
export async function writeBoundary(
  db: Db | Tx,
  place: BoundaryPlace,
  write: StoredWrite,
): Promise<"written" | "repeated" | "fenced"> {
  const { rows } = await sql<{ answer: "written" | "repeated" | "fenced" }>`
    select run_boundary(${place.runId}, ${place.epoch}, ${place.boundary},
      ${toInterval(place.leaseMs)}::interval, ${JSON.stringify(toStored(write))}) as answer`.execute(
    db,
  );
  return rows[0]?.answer ?? "fenced";
}

/** What `run_boundary` reads; it says why values travel as texts. */
function toStored({ state, error, output, stepsDone, steps, audit, events, logs }: StoredWrite) {
  const asText = (value: unknown): string | undefined =>
    value === undefined ? undefined : JSON.stringify(value);
  return {
    state,
    error: asText(error),
    output: asText(output),
    stepsDone,
    steps: steps.map((step) => ({
      id: step.id,
      state: step.state,
      output: asText(step.output),
      undo: asText(step.undo),
      error: asText(step.error),
    })),
    audit,
    events: events.map(({ type, data }) => ({ type, data: asText(data) })),
    logs,
  };
}

export type Progress = { readonly done: number; readonly total: number; readonly unit: string };
export type LiveWrite = {
  readonly lines: readonly RunLogLine[];
  readonly progress: readonly { readonly id: string; readonly progress: Progress }[];
};

/** Log lines and progress between boundaries; false when the run is somebody else's by now. */
export async function writeLive(
  db: Db,
  place: { readonly runId: string; readonly epoch: number },
  { lines, progress }: LiveWrite,
): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select run_live(${place.runId}, ${place.epoch}, ${JSON.stringify(lines)}, ${JSON.stringify(progress)}) as held`.execute(
    db,
  );
  return rows[0]?.held ?? false;
}

/** Renews what is still ours and answers its ids. */
export async function renewLeases(
  db: Db,
  held: readonly { readonly id: string; readonly epoch: number }[],
  leaseMs: number,
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select run_renew(${JSON.stringify(held)}, ${toInterval(leaseMs)}::interval) as id`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** Runs that nobody works on, oldest first. */
export async function listClaimable(db: Db, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from run
     where state in ('ready', 'running') and lease_until < clock_timestamp()
     order by id limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

/** Whoever stops on purpose lets others take over at once. */
export async function releaseLeases(db: Db, holder: string): Promise<void> {
  await sql`update run set lease_until = clock_timestamp() - interval '1 second'
     where state = 'running' and holder = ${holder}`.execute(db);
}

function toInterval(ms: number): string {
  return `${ms} milliseconds`;
}
