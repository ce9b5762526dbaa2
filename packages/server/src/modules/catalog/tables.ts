import type { Entity } from "@causeway/contract";
import type { ColumnType, Generated } from "kysely";

/** Written as text (the driver would print an object its own way), read as the object. */
export type EntityColumn = ColumnType<Entity, string, string>;
type NullableEntityColumn = ColumnType<Entity | null, string | null, string | null>;

export type CatalogTables = {
  catalog_entity: {
    id: Generated<number>;
    ref: string;
    kind: string;
    uid: string;
    etag: string;
    version: number;
    entity: EntityColumn;
  };
  catalog_relation: { declared_by: string; source: string; type: string; target: string };
  catalog_search: { entity_id: number; key: string; value: string | null; original: string | null };
  catalog_history: {
    ref: string;
    version: number;
    change: "created" | "updated" | "removed" | "restored";
    uid: string;
    etag: string | null;
    entity: NullableEntityColumn;
    changed_at: Generated<Date>;
    changed_by: string;
    run_id: string | null;
    effect: string | null;
  };
};
