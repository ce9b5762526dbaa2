import {
  canonicalJson,
  ConflictError,
  InvalidError,
  refOfEntity,
  type Entity,
  type Issue,
} from "@causeway/contract";
import { randomUUID } from "node:crypto";
import { appendAudit, principalChain } from "#modules/audit";
import type { Clock } from "#platform/clock";
import type { Db, Tx } from "#platform/db/database";
import { sha256 } from "#platform/ids";
import type { Notifier } from "#platform/notify";
import { isSameEntity, managedBy, toDeclared } from "./entity.ts";
import {
  findByRefs,
  findVersion,
  lastVersions,
  listByEffect,
  type StoredEntity,
} from "./store/read.ts";
import { appendHistory, lockCatalog, removeEntity, writeEntity } from "./store/write.ts";
import { formatPlace, validateEntity } from "./validate.ts";

export type CatalogStore = {
  readonly db: Db;
  readonly notifier: Notifier;
  readonly clock: Clock;
};
type InTransaction = { readonly tx: Tx; readonly now: Date };

/** On whose behalf and within what; `effect` is the idempotency key, absent for what cannot be repeated. */
export type ChangeOrigin = {
  readonly actor: string;
  readonly runId?: string | undefined;
  readonly effect?: string | undefined;
  /** Location ref of the file: `url:…`, `file:…`. */
  readonly location?: string | undefined;
};

/** What a change did to one entity; enough to take it back. `null` = it did not exist. */
export type EntityChange = {
  readonly ref: string;
  readonly before: number | null;
  readonly after: number;
};

export const changeChannel = "catalog_changed";

/** Throws InvalidError `invalid_entity` with every violation; `path` is `entities[i].field`. */
export async function assertValidEntities(entities: readonly Entity[]): Promise<void> {
  const issues: Issue[] = [];
  for (const [index, entity] of entities.entries()) {
    const { relations: _relations, ...declared } = entity;
    for (const violation of await validateEntity(withoutServed(declared))) {
      issues.push({
        path: formatPlace(["entities", index, ...violation.at]),
        message: violation.message,
      });
    }
  }
  if (issues.length === 0) issues.push(...duplicates(entities));
  if (issues.length === 0) return;
  throw new InvalidError({
    code: "invalid_entity",
    message: `Not a valid entity: ${issues.map((issue) => `${issue.path} ${issue.message}`).join("; ")}`,
    fix: "Mend the named fields and apply again; nothing was changed.",
    issues,
  });
}

function withoutServed(entity: Entity): Entity {
  const { uid: _uid, etag: _etag, ...metadata } = entity.metadata;
  return { ...entity, metadata };
}

function duplicates(entities: readonly Entity[]): Issue[] {
  const seen = new Map<string, number>();
  return entities.flatMap((entity, index) => {
    const ref = refOfEntity(entity);
    const first = seen.get(ref);
    seen.set(ref, first ?? index);
    if (first === undefined) return [];
    return [{ path: `entities[${index}]`, message: `${ref} is already entities[${first}]` }];
  });
}

export type PlannedChange = {
  readonly ref: string;
  readonly kind: "create" | "update" | "unchanged";
  readonly before: StoredEntity | undefined;
  readonly after: Entity;
};

/** What applying would do, against what is stored now. */
export async function planChanges(
  db: Db | Tx,
  entities: readonly Entity[],
  location: string | undefined,
): Promise<PlannedChange[]> {
  const stored = await findByRefs(db, entities.map(refOfEntity));
  const byRef = new Map(stored.map((row) => [row.ref, row]));
  return entities.map((entity) => {
    const ref = refOfEntity(entity);
    const before = byRef.get(ref);
    const { relations: _relations, ...declared } = entity;
    if (before) assertNotTaken(before, location);
    const after = toDeclared(declared, { location, before: before?.entity });
    if (!before) return { ref, kind: "create", before, after };
    const kind = isSameEntity(before.entity, after) ? "unchanged" : "update";
    return { ref, kind, before, after };
  });
}

/** C5: an entity that one registered file declares is not taken over by another; what was applied by hand may be. */
function assertNotTaken(before: StoredEntity, location: string | undefined): void {
  const owner = before.entity.metadata.annotations?.[managedBy];
  const isFromFile = (text: string | undefined): text is string =>
    text?.startsWith("url:") ?? false;
  if (!isFromFile(owner) || !isFromFile(location) || owner === location) return;
  throw new ConflictError({
    code: "entity_taken",
    message: `${before.ref} is already declared by ${owner.slice("url:".length)}`,
    fix: "Choose another name, or remove the entity from that file first.",
    issues: [{ path: "name", message: `${before.ref} exists already` }],
  });
}

/** C1: all entities or none, and under one effect key once: a repetition answers what the first one did. */
export async function applyEntities(
  { db, notifier, clock }: CatalogStore,
  entities: readonly Entity[],
  origin: ChangeOrigin,
): Promise<EntityChange[]> {
  await assertValidEntities(entities);
  return db.transaction().execute(async (tx) => {
    await lockCatalog(tx);
    const done = await findEffect(tx, origin.effect);
    const planned = await planChanges(tx, entities, origin.location);
    if (done.size > 0) return repeated(planned, done);
    const versions = await lastVersions(
      tx,
      planned.map((change) => change.ref),
    );
    const changes: EntityChange[] = [];
    for (const change of planned) {
      const last = versions.get(change.ref) ?? 0;
      changes.push(await applyOne({ tx, now: clock.now() }, { change, last }, origin));
    }
    await notifier.publish(tx, changeChannel);
    return changes;
  });
}

/** What was not changed the first time is not changed by a repetition either. */
function repeated(
  planned: readonly PlannedChange[],
  done: ReadonlyMap<string, EntityChange>,
): EntityChange[] {
  return planned.flatMap(({ ref, before }) => {
    const change = done.get(ref);
    if (change) return [change];
    return before ? [{ ref, before: before.version, after: before.version }] : [];
  });
}

async function applyOne(
  catalog: InTransaction,
  { change, last }: { readonly change: PlannedChange; readonly last: number },
  origin: ChangeOrigin,
): Promise<EntityChange> {
  const { ref, before: stored, after } = change;
  if (stored && change.kind === "unchanged") {
    return { ref, before: stored.version, after: stored.version };
  }
  const uid = stored?.uid ?? randomUUID();
  const write = { ref, uid, etag: etagOf(after), version: last + 1, entity: after };
  await writeEntity(catalog.tx, write);
  const before = stored?.version ?? null;
  await record(catalog, { ...write, change: stored ? "updated" : "created", before }, origin);
  return { ref, before, after: write.version };
}

function etagOf(entity: Entity): string {
  return sha256(canonicalJson(entity)).slice(0, 40);
}

/** C2: undo restores exactly the version that stood before, or removes what did not exist. It refuses when somebody
 *  has changed the entity since (`entity_changed_since`), because their work would be lost. */
export async function restoreEntities(
  { db, notifier, clock }: CatalogStore,
  changes: readonly EntityChange[],
  origin: ChangeOrigin,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await lockCatalog(tx);
    const done = await findEffect(tx, origin.effect);
    const moved = changes.filter((change) => change.before !== change.after);
    const todo = moved.filter((change) => !done.has(change.ref)).toReversed();
    const stored = await findByRefs(
      tx,
      todo.map((change) => change.ref),
    );
    const current = new Map(stored.map((row) => [row.ref, row]));
    for (const change of todo) {
      const now = current.get(change.ref);
      await restoreOne({ tx, now: clock.now() }, { change, now }, origin);
    }
    await notifier.publish(tx, changeChannel);
  });
}

async function restoreOne(
  catalog: InTransaction,
  { change, now }: { readonly change: EntityChange; readonly now: StoredEntity | undefined },
  origin: ChangeOrigin,
): Promise<void> {
  const { tx } = catalog;
  const made = await findVersion(tx, change.ref, change.after);
  if (!made || (now?.etag ?? null) !== made.etag) throw changedSince(change.ref);
  const target = await findPresentVersion(tx, change.ref, change.before);
  const last = (await lastVersions(tx, [change.ref])).get(change.ref) ?? change.after;
  const head = { ref: change.ref, uid: made.uid, version: last + 1 };
  const before = now?.version ?? null;
  if (target) {
    const write = { ...head, uid: target.uid, etag: target.etag, entity: target.entity };
    await writeEntity(tx, write);
    await record(catalog, { ...write, change: "restored", before }, origin);
  } else {
    await removeEntity(tx, change.ref);
    await record(catalog, { ...head, etag: null, entity: null, change: "removed", before }, origin);
  }
}

async function findPresentVersion(tx: Tx, ref: string, version: number | null) {
  if (version === null) return undefined;
  const row = await findVersion(tx, ref, version);
  if (!row || row.entity === null || row.etag === null) return undefined;
  return { uid: row.uid, etag: row.etag, entity: row.entity };
}

function changedSince(ref: string): ConflictError {
  return new ConflictError({
    code: "entity_changed_since",
    message: `${ref} was changed after this run; restoring the version before would lose that change`,
    fix: "Compare the versions in the entity's history and apply the one you want.",
  });
}

type Entry = {
  readonly ref: string;
  readonly uid: string;
  readonly version: number;
  readonly etag: string | null;
  readonly entity: Entity | null;
  readonly change: "created" | "updated" | "removed" | "restored";
  readonly before: number | null;
};

async function record(
  { tx, now }: InTransaction,
  entry: Entry,
  origin: ChangeOrigin,
): Promise<void> {
  const { before, ...history } = entry;
  await appendHistory(tx, {
    ...history,
    changedBy: origin.actor,
    runId: origin.runId ?? null,
    effect: origin.effect ?? null,
  });
  await appendAudit(tx, {
    chain: origin.runId === undefined ? principalChain(origin.actor, now) : `run:${origin.runId}`,
    actor: origin.actor,
    verb: `entity.${entry.change}`,
    subject: entry.ref,
    detail: { version: entry.version, before, etag: entry.etag },
  });
}

/** The changes already made under an effect key; the version before is the one below, if that one was present. */
async function findEffect(
  tx: Tx,
  effect: string | undefined,
): Promise<ReadonlyMap<string, EntityChange>> {
  const changes = new Map<string, EntityChange>();
  if (effect === undefined) return changes;
  for (const { ref, version } of await listByEffect(tx, effect)) {
    const below = await findVersion(tx, ref, version - 1);
    const before = below && below.entity !== null ? below.version : null;
    changes.set(ref, { ref, before, after: version });
  }
  return changes;
}
