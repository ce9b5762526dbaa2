import { z } from "zod";
import type { JsonObject } from "./json.ts";
import { formatEntityRef } from "./entity-ref.ts";

export const ourApiVersion = "causeway.dev/v1alpha1";

export type EntityRelation = { readonly type: string; readonly targetRef: string };

/** Backstage's envelope. `spec` is checked per kind in `kinds.ts`. */
export type Entity = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly etag?: string;
    readonly title?: string;
    readonly description?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly tags?: readonly string[];
    readonly links?: readonly { url: string; title?: string; icon?: string; type?: string }[];
    readonly [key: string]: unknown;
  };
  readonly spec?: JsonObject;
  readonly relations?: readonly EntityRelation[];
};

/** Shape only; the catalog validates with Backstage's own policies. */
export const entityInput = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
  spec: z.record(z.string(), z.json()).optional(),
});

export function refOfEntity(entity: Pick<Entity, "kind" | "metadata">): string {
  return formatEntityRef({
    kind: entity.kind,
    namespace: entity.metadata.namespace ?? "default",
    name: entity.metadata.name,
  });
}
