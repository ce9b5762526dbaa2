import type { Entity, SnapshotPrompt } from "@causeway/contract";

/** What the gateway asks of the catalog. */
export type CatalogPort = {
  list(filter: { readonly kind: string }): Promise<readonly Entity[]>;
  find(ref: string): Promise<Entity | undefined>;
  /** Called after each committed change, of this process or another. */
  onChange(listener: () => void): () => void;
};

/** What the gateway asks of prompts. */
export type PromptsPort = {
  listPublished(): Promise<readonly SnapshotPrompt[]>;
  onChange(listener: () => void): () => void;
};
