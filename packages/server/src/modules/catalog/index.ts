import { normalizeRef, refOfEntity, type AnyAction, type Entity } from "@causeway/contract";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db/database";
import type { Notifier } from "#platform/notify";
import type { Routes } from "../../http/app.ts";
import { catalogApply, catalogRegister, type ReadSource } from "./actions.ts";
import { createDirectory, type CatalogDirectory } from "./directory.ts";
import { entitiesByRefs, toPredicate, type ListQuery } from "./query-service.ts";
import { catalogRoutes } from "./routes.ts";
import {
  applyEntities,
  assertValidEntities,
  changeChannel,
  planChanges,
  restoreEntities,
  type ChangeOrigin,
  type EntityChange,
} from "./service.ts";
import { listEntities } from "./store/query.ts";
import { withServed } from "./store/read.ts";

export type { ReadSource } from "./actions.ts";
export type { CatalogDirectory } from "./directory.ts";
export type { ChangeOrigin, EntityChange } from "./service.ts";
export { unifiedDiff } from "./diff.ts";
export { parseCatalogFile } from "./parse-file.ts";

export type CatalogDeps = {
  readonly db: Db;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly readSource: ReadSource;
};

export type Catalog = {
  readonly actions: readonly AnyAction[];
  readonly routes: Routes;
  /** Any spelling of a full ref. */
  readonly find: (ref: string) => Promise<Entity | undefined>;
  readonly list: (query?: ListQuery) => Promise<readonly Entity[]>;
  /** For the actions of other modules; under one `origin.effect` once. Keep the answer for `restore`. */
  readonly registerEntity: (entity: Entity, origin: ChangeOrigin) => Promise<EntityChange>;
  readonly restore: (changes: readonly EntityChange[], origin: ChangeOrigin) => Promise<void>;
  /** Called after any change, in any process; says only "look again". Answers how to stop. */
  readonly onChange: (listener: () => void) => () => void;
  readonly directory: CatalogDirectory;
};

export function createCatalog({ db, notifier, clock, readSource }: CatalogDeps): Catalog {
  const store = { db, notifier, clock };
  const apply = (entities: readonly Entity[], origin: ChangeOrigin) =>
    applyEntities(store, entities, origin);
  const restore = (changes: readonly EntityChange[], origin: ChangeOrigin) =>
    restoreEntities(store, changes, origin);
  const find = async (ref: string): Promise<Entity | undefined> =>
    (await entitiesByRefs(db, [normalizeRef(ref)]))[0] ?? undefined;
  const plan = async (entities: readonly Entity[], location: string | undefined) => {
    await assertValidEntities(entities);
    return planChanges(db, entities, location);
  };
  const actionDeps = { plan, apply, restore, readSource };
  return {
    actions: [catalogApply(actionDeps), catalogRegister(actionDeps)],
    routes: catalogRoutes(db),
    find,
    list: async (query = {}) =>
      withServed(db, await listEntities(db, toPredicate(query), { order: [], page: undefined })),
    registerEntity: async (entity, origin) => {
      const [change] = await apply([entity], origin);
      if (!change) throw new Error(`${refOfEntity(entity)} was removed after it was registered`);
      return change;
    },
    restore,
    onChange: (listener) => notifier.subscribe(changeChannel, () => listener()),
    directory: createDirectory(find),
  };
}
