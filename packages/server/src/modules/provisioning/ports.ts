import type { Entity } from "@causeway/contract";

/** What provisioning asks of the catalog; `Catalog` of that module fits. */
export type CatalogPort = {
  find(ref: string): Promise<Entity | undefined>;
  registerEntity(entity: Entity, origin: Origin): Promise<EntityChange>;
  restore(changes: readonly EntityChange[], origin: Origin): Promise<void>;
};
export type Origin = {
  readonly actor: string;
  readonly runId?: string | undefined;
  readonly effect?: string | undefined;
};
export type EntityChange = {
  readonly ref: string;
  readonly before: number | null;
  readonly after: number;
};

/** What provisioning asks of the gateway: embeddings, made and paid under somebody's key. */
export type EmbeddingPort = {
  embed(command: EmbedCommand): Promise<Embedded>;
  /** The key that a principal works under; undefined without one. */
  findKeyOf(principal: string): Promise<string | undefined>;
  /** Resolves when the data plane knows every key that is committed. */
  awaitApplied(): Promise<void>;
};
export type EmbedCommand = {
  readonly texts: readonly string[];
  readonly keyId: string;
  /** The route's public name. */
  readonly route: string;
  readonly traceId: string;
  /** The same call again under the same key is answered again and paid once. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
};
export type Embedded = {
  readonly vectors: readonly Float32Array[];
  readonly inputTokens: number;
  readonly costMicroUsd: number | null;
  readonly notional: boolean;
};
