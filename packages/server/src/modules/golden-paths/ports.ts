import type { Entity, Plan, RunView } from "@causeway/contract";
import type { Principal } from "../../http/principal.ts";
import type { RunCounts } from "./template.ts";

/** What golden paths ask of the catalog. */
export type CatalogPort = {
  find(ref: string): Promise<Entity | undefined>;
  list(query: { readonly kind: string }): Promise<readonly Entity[]>;
};

/** What golden paths ask of runs. */
export type RunsPort = {
  /** Saves and previews; the run waits in state `previewed`. */
  submit(plan: Plan, principal: Principal): Promise<RunView>;
  /** Keeps nothing; `id` of the answer is empty. */
  previewOnly(plan: Plan, principal: Principal): Promise<RunView>;
  /** By template ref. */
  countByTemplate(): Promise<ReadonlyMap<string, RunCounts>>;
};
