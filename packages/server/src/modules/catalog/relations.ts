import { parseEntityRef, formatEntityRef, refOfEntity, type Entity } from "@causeway/contract";

/** One directed edge. Each declared one is emitted in both directions, so that either side can be asked. */
export type Relation = {
  readonly source: string;
  readonly type: string;
  readonly target: string;
};

type Field = {
  readonly path: readonly string[];
  /** Relation from the entity that declares it, and the way back. */
  readonly pair: readonly [string, string];
  /** Kind of a target that names none; absent = a bare name is no target. */
  readonly kind?: string;
};

const owner: Field = { path: ["owner"], pair: ["ownedBy", "ownerOf"], kind: "group" };
const partOf = (name: string, kind: string): Field => ({
  path: [name],
  pair: ["partOf", "hasPart"],
  kind,
});
const dependencies: readonly Field[] = [
  { path: ["dependsOn"], pair: ["dependsOn", "dependencyOf"] },
  { path: ["dependencyOf"], pair: ["dependencyOf", "dependsOn"] },
];

/** Backstage's table for its kinds; below it, ours. */
const fields: Readonly<Record<string, readonly Field[]>> = {
  component: [
    owner,
    partOf("system", "system"),
    partOf("subcomponentOf", "component"),
    { path: ["providesApis"], pair: ["providesApi", "apiProvidedBy"], kind: "api" },
    { path: ["consumesApis"], pair: ["consumesApi", "apiConsumedBy"], kind: "api" },
    ...dependencies,
  ],
  api: [owner, partOf("system", "system")],
  resource: [owner, partOf("system", "system"), ...dependencies],
  system: [owner, partOf("domain", "domain")],
  domain: [owner, partOf("subdomainOf", "domain")],
  group: [
    { path: ["parent"], pair: ["childOf", "parentOf"], kind: "group" },
    { path: ["children"], pair: ["parentOf", "childOf"], kind: "group" },
    { path: ["members"], pair: ["hasMember", "memberOf"], kind: "user" },
  ],
  user: [{ path: ["memberOf"], pair: ["memberOf", "hasMember"], kind: "group" }],
  template: [owner],
  provider: [owner],
  model: [owner, { path: ["provider"], pair: ["servedBy", "serves"], kind: "provider" }],
  route: [owner, { path: ["targets", "model"], pair: ["routesTo", "routedBy"], kind: "model" }],
  prompt: [owner, { path: ["route"], pair: ["usesRoute", "routeUsedBy"], kind: "route" }],
  budget: [owner, { path: ["subject"], pair: ["paysFor", "paidBy"] }],
  vectorstore: [
    owner,
    { path: ["embeddingRoute"], pair: ["usesRoute", "routeUsedBy"], kind: "route" },
  ],
};

/** Both directions of everything that the entity's spec declares, without repetition. A text that is no ref is left
 *  out: it is kept in the entity, and a link to nowhere would help nobody. */
export function relationsOf(entity: Entity): Relation[] {
  const source = refOfEntity(entity);
  const namespace = entity.metadata.namespace ?? "default";
  const edges = new Map<string, Relation>();
  const add = (edge: Relation): void => {
    edges.set(`${edge.source} ${edge.type} ${edge.target}`, edge);
  };
  for (const field of fields[entity.kind.toLowerCase()] ?? []) {
    for (const text of textsAt(entity.spec, field.path).toSorted()) {
      const target = toRef(text, field.kind, namespace);
      if (target === undefined) continue;
      add({ source, type: field.pair[0], target });
      add({ source: target, type: field.pair[1], target: source });
    }
  }
  return [...edges.values()];
}

function textsAt(value: unknown, path: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsAt(item, path));
  const [key, ...rest] = path;
  if (key === undefined) return typeof value === "string" ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return textsAt(Reflect.get(value, key), rest);
}

function toRef(text: string, kind: string | undefined, namespace: string): string | undefined {
  try {
    return formatEntityRef(
      parseEntityRef(text, kind === undefined ? { namespace } : { kind, namespace }),
    );
  } catch {
    return undefined;
  }
}
