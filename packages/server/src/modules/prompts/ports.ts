import type { Entity } from "@causeway/contract";
import type { ChangeOrigin, EntityChange } from "#modules/catalog";

/** What prompts ask of the catalog. */
export type CatalogPort = {
  readonly find: (ref: string) => Promise<Entity | undefined>;
  readonly registerEntity: (entity: Entity, origin: ChangeOrigin) => Promise<EntityChange>;
  readonly restore: (changes: readonly EntityChange[], origin: ChangeOrigin) => Promise<void>;
};
