import { normalizeRef, type Entity } from "@causeway/contract";

export function titleOf(entity: Entity): string {
  return entity.metadata.title ?? entity.metadata.name;
}

export function describeEntity(entity: Entity): string {
  return entity.metadata.description ?? "";
}

export function typeOf(entity: Entity): string | undefined {
  return textOf(entity, "type") ?? textOf(entity, "purpose") ?? textOf(entity, "driver");
}

/** The owner as the catalog relates it; as written, where the entity came without relations. */
export function ownerOf(entity: Entity): string | undefined {
  const related = entity.relations?.find((relation) => relation.type === "ownedBy")?.targetRef;
  if (related !== undefined) return related;
  const written = textOf(entity, "owner");
  if (written === undefined) return undefined;
  return normalizeRef(written, {
    kind: "group",
    namespace: entity.metadata.namespace ?? "default",
  });
}

function textOf(entity: Entity, field: string): string | undefined {
  const value = entity.spec?.[field];
  return typeof value === "string" ? value : undefined;
}

const relationWords: Readonly<Record<string, string>> = {
  ownedBy: "Owned by",
  ownerOf: "Owns",
  partOf: "Part of",
  hasPart: "Has part",
  dependsOn: "Depends on",
  dependencyOf: "Needed by",
  providesApi: "Provides",
  apiProvidedBy: "Provided by",
  consumesApi: "Consumes",
  apiConsumedBy: "Consumed by",
  memberOf: "Member of",
  hasMember: "Has member",
  parentOf: "Parent of",
  childOf: "Child of",
};

/** `dependsOn` → `Depends on`; an unknown type is split at its capitals. */
export function relationWord(type: string): string {
  const words = type.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return relationWords[type] ?? `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** Relations by type, each with its targets once and in order. */
export function groupRelations(entity: Entity): { word: string; targets: string[] }[] {
  const groups = Map.groupBy(entity.relations ?? [], (relation) => relation.type);
  return [...groups]
    .map(([type, relations]) => ({
      word: relationWord(type),
      targets: [...new Set(relations.map((relation) => relation.targetRef))].toSorted(),
    }))
    .toSorted((a, b) => a.word.localeCompare(b.word));
}
