import type { Entity } from "@causeway/contract";
import type { Runs } from "#modules/runs";

/** What golden paths ask of the catalog. */
export type CatalogPort = {
  find(ref: string): Promise<Entity | undefined>;
  list(query: { readonly kind: string }): Promise<readonly Entity[]>;
};

/** What golden paths ask of runs. */
export type RunsPort = Pick<Runs, "submit" | "previewOnly" | "countByTemplate">;
