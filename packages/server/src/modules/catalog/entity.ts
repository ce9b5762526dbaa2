import { canonicalJson, type Entity } from "@causeway/contract";

export const managedBy = "backstage.io/managed-by-location";
const managedByOrigin = "backstage.io/managed-by-origin-location";

/** Where an entity came from that names no file: it was applied by hand or by another module. */
const appliedByHand = "causeway:apply";

/** The form that is stored: namespace filled in, what only the server sets taken out, the origin kept. */
export function toDeclared(
  entity: Entity,
  origin: { readonly location: string | undefined; readonly before: Entity | undefined },
): Entity {
  const { uid: _uid, etag: _etag, ...metadata } = entity.metadata;
  const { annotations } = metadata;
  const location =
    origin.location ??
    annotations?.[managedBy] ??
    origin.before?.metadata.annotations?.[managedBy] ??
    appliedByHand;
  return {
    apiVersion: entity.apiVersion,
    kind: entity.kind,
    metadata: {
      ...metadata,
      namespace: metadata.namespace ?? "default",
      annotations: {
        ...annotations,
        [managedBy]: location,
        [managedByOrigin]: annotations?.[managedByOrigin] ?? location,
      },
    },
    ...(entity.spec === undefined ? {} : { spec: entity.spec }),
  };
}

export function isSameEntity(a: Entity, b: Entity): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** Backstage's choice of what a registered file is about: a Component that is not generated, else any, else the first. */
export function mainEntityOf(entities: readonly Entity[]): Entity | undefined {
  const components = entities.filter((entity) => entity.kind.toLowerCase() === "component");
  const written = components.find((entity) => !entity.metadata.name.startsWith("generated-"));
  return written ?? components[0] ?? entities[0];
}
