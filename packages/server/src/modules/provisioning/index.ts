import type { AnyAction } from "@causeway/contract";
import type { Db } from "#platform/db/database";
import type { Routes } from "../../http/app.ts";
import { loadDocuments } from "./actions/load-documents.ts";
import { provisionStore } from "./actions/provision-store.ts";
import { createExactIndex } from "./exact-index.ts";
import type { CatalogPort, EmbeddingPort } from "./ports.ts";
import { provisioningRoutes } from "./routes.ts";
import { getStore } from "./service.ts";
import { readChunks } from "./store/stores.ts";

export type { CatalogPort, EmbedCommand, EmbeddingPort } from "./ports.ts";

export type ProvisioningDeps = {
  readonly db: Db;
  readonly catalog: CatalogPort;
  readonly embedding: EmbeddingPort;
  /** What a relative folder of documents is relative to: the repository. */
  readonly base: string;
};

export type Provisioning = {
  readonly actions: readonly AnyAction[];
  /** For the data plane only. */
  readonly routes: Routes;
};

export function createProvisioning(deps: ProvisioningDeps): Provisioning {
  const { db } = deps;
  const index = createExactIndex({
    describe: (ref) => getStore(db, ref),
    pages: (ref) => readChunks(db, ref),
  });
  const shared = { ...deps, index };
  return {
    actions: [provisionStore(deps), loadDocuments(shared)],
    routes: provisioningRoutes(shared),
  };
}
