import { CATALOG_FILTER_EXISTS, CatalogClient } from "@backstage/catalog-client";
import type { Entity } from "@causeway/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { appWith } from "#test/app";
import { useDatabase } from "#test/database";
import { systemClock } from "#platform/clock";
import { silentLog } from "#platform/log";
import { createNotifier, type Notifier } from "#platform/notify";
import type { App } from "../../http/app.ts";
import { createCatalog } from "./index.ts";

const { db, url } = useDatabase();
let notifier: Notifier;
let app: App;
let client: CatalogClient;

beforeAll(async () => {
  notifier = createNotifier({ url, log: silentLog });
  const catalog = createCatalog({
    db,
    notifier,
    clock: systemClock,
    readSource: async () => undefined,
  });
  for (const entity of entities) {
    await catalog.registerEntity(entity, { actor: "user:default/admin" });
  }
  app = await appWith(catalog.routes);
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  const discoveryApi = { getBaseUrl: async () => `${origin}/api/catalog` };
  client = new CatalogClient({ discoveryApi, fetchApi: { fetch } });
});
afterAll(async () => {
  await app.close();
  await notifier.close();
});

function component(name: string, type: string, more: Partial<Entity["metadata"]> = {}): Entity {
  return {
    apiVersion: "backstage.io/v1alpha1",
    kind: "Component",
    metadata: { name, ...more },
    spec: { type, lifecycle: "production", owner: "platform", dependsOn: ["resource:store"] },
  };
}

const entities: readonly Entity[] = [
  component("Alpha", "service", { title: "Überblick", tags: ["java", "payments"] }),
  component("beta", "website", { annotations: { "backstage.io/techdocs-ref": "dir:." } }),
  component("gamma", "Service"),
  component("delta", "library", { description: "Plays the record player" }),
  {
    apiVersion: "backstage.io/v1alpha1",
    kind: "Resource",
    metadata: { name: "store" },
    spec: { type: "database", owner: "user:admin" },
  },
];

const names = (items: readonly { metadata: { name: string } }[]) =>
  items.map((item) => item.metadata.name);

test.each([
  ["kind in any case", { kind: "component" }, ["Alpha", "beta", "delta", "gamma"]],
  ["values in any case", { kind: "Component", "spec.type": "SERVICE" }, ["Alpha", "gamma"]],
  ["several values of a key", { "spec.type": ["website", "library"] }, ["beta", "delta"]],
  ["several filters", [{ kind: "resource" }, { "metadata.name": "beta" }], ["beta", "store"]],
  ["an item of a list", { "metadata.tags": "payments" }, ["Alpha"]],
  ["an item of a list as a key", { "metadata.tags.java": "true" }, ["Alpha"]],
  [
    "a relation",
    { "relations.dependsOn": "resource:default/store", "spec.type": "library" },
    ["delta"],
  ],
  ["the far end of a relation", { "relations.dependencyOf": "component:default/beta" }, ["store"]],
])("getEntities filters by %s", async (_name, filter, expected) => {
  const { items } = await client.getEntities({ filter });
  expect(names(items)).toEqual(expected);
});

test("a bare key asks whether it is there", async () => {
  const filter = { "metadata.annotations.backstage.io/techdocs-ref": CATALOG_FILTER_EXISTS };
  expect(names((await client.getEntities({ filter })).items)).toEqual(["beta"]);
});

test("getEntities cuts to fields, also those with dots in the key", async () => {
  const { items } = await client.getEntities({
    filter: { "metadata.name": "beta" },
    fields: ["kind", "metadata.annotations.backstage.io/techdocs-ref"],
  });
  expect(items).toEqual([
    { kind: "Component", metadata: { annotations: { "backstage.io/techdocs-ref": "dir:." } } },
  ]);
});

test("getEntities orders by several fields and puts entities without one last", async () => {
  const order = [
    { field: "metadata.title", order: "asc" as const },
    { field: "spec.type", order: "desc" as const },
  ];
  const { items } = await client.getEntities({ filter: { kind: "component" }, order });
  expect(names(items)).toEqual(["Alpha", "beta", "gamma", "delta"]);
});

test("a paged listing links to its next page until the last", async () => {
  const first = await app.inject("/api/catalog/entities?filter=kind=component&limit=3");
  const link = /<(.*)>; rel="next"/.exec(String(first.headers["link"]))?.[1] ?? "";
  const second = await app.inject(link);
  expect([...names(first.json()), ...names(second.json())]).toEqual([
    "Alpha",
    "beta",
    "delta",
    "gamma",
  ]);
  expect(second.headers["link"]).toBeUndefined();
});

test("queryEntities pages forward and back over any filter, text beyond ASCII too", async () => {
  const first = await client.queryEntities({
    filter: { kind: "component" },
    orderFields: { field: "metadata.name", order: "desc" },
    fullTextFilter: { term: "a", fields: ["metadata.name", "metadata.title", "ü"] },
    limit: 2,
  });
  expect([names(first.items), first.totalItems]).toEqual([["gamma", "delta"], 4]);
  expect(first.pageInfo.prevCursor).toBeUndefined();
  const second = await client.queryEntities({ cursor: first.pageInfo.nextCursor ?? "", limit: 2 });
  expect([names(second.items), second.totalItems]).toEqual([["beta", "Alpha"], 4]);
  expect(second.pageInfo.nextCursor).toBeUndefined();
  const back = await client.queryEntities({ cursor: second.pageInfo.prevCursor ?? "", limit: 2 });
  expect(names(back.items)).toEqual(["gamma", "delta"]);
  expect(back.pageInfo.prevCursor).toBeUndefined();
  expect(back.pageInfo.nextCursor).toBeDefined();
});

test("the GET route reads the same cursor as the POST route", async () => {
  const first = await client.queryEntities({ filter: { kind: "component" }, limit: 3 });
  const cursor = first.pageInfo.nextCursor ?? "";
  const response = await app.inject({
    url: "/api/catalog/entities/by-query",
    query: { cursor, limit: "3" },
  });
  expect(names(response.json<{ items: Entity[] }>().items)).toEqual(["delta"]);
});

test("streamEntities ends", async () => {
  const seen: string[] = [];
  for await (const page of client.streamEntities({ pageSize: 2 })) seen.push(...names(page));
  expect(seen).toHaveLength(5);
});

test("queryEntities takes a predicate", async () => {
  const query = {
    $all: [{ kind: "component" }, { $not: { "spec.type": { $in: ["website", "library"] } } }],
  };
  const { items } = await client.queryEntities({ query });
  expect(names(items)).toEqual(["Alpha", "gamma"]);
});

test("ordering by a field drops entities that lack it, from the total too; limit 0 only counts", async () => {
  const ordered = await client.queryEntities({
    orderFields: { field: "metadata.title", order: "asc" },
  });
  expect([names(ordered.items), ordered.totalItems]).toEqual([["Alpha"], 1]);
  const counted = await client.queryEntities({ filter: { kind: "component" }, limit: 0 });
  expect([counted.items, counted.totalItems]).toEqual([[], 4]);
});

test("text is found in any case on the named fields", async () => {
  const { items } = await client.queryEntities({
    fullTextFilter: { term: "PLAYER", fields: ["metadata.description"] },
  });
  expect(names(items)).toEqual(["delta"]);
});

test("getEntitiesByRefs keeps the order and says what is missing", async () => {
  const { items } = await client.getEntitiesByRefs({
    entityRefs: ["Component:default/gamma", "component:default/nobody", "resource:default/store"],
    fields: ["metadata.name"],
  });
  expect(items).toEqual([
    { metadata: { name: "gamma" } },
    undefined,
    { metadata: { name: "store" } },
  ]);
});

test("a missing entity is undefined for the client and an error of both dialects on the wire", async () => {
  expect(await client.getEntityByRef("component:default/alpha")).toMatchObject({
    kind: "Component",
  });
  expect(await client.getEntityByRef("component:default/nobody")).toBeUndefined();
  const response = await app.inject("/api/catalog/entities/by-name/component/default/nobody");
  expect(response.statusCode).toBe(404);
  expect(response.json()).toMatchObject({
    code: "entity_not_found",
    error: { name: "NotFoundError" },
    request: { method: "GET" },
    response: { statusCode: 404 },
  });
});

test("an entity is found by its uid", async () => {
  const alpha = await client.getEntityByRef("component:default/alpha");
  const found = await app.inject(`/api/catalog/entities/by-uid/${alpha?.metadata.uid}`);
  expect(found.json()).toEqual(alpha);
  expect((await app.inject("/api/catalog/entities/by-uid/none")).statusCode).toBe(404);
});

test("getEntityFacets counts entities per value in their own spelling", async () => {
  const { facets } = await client.getEntityFacets({
    facets: ["spec.type", "relations.ownedBy"],
    filter: { kind: "component" },
  });
  expect(facets).toEqual({
    "spec.type": [
      { value: "Service", count: 1 },
      { value: "library", count: 1 },
      { value: "service", count: 1 },
      { value: "website", count: 1 },
    ],
    "relations.ownedBy": [{ value: "group:default/platform", count: 4 }],
  });
  expect((await app.inject("/api/catalog/entity-facets")).statusCode).toBe(400);
});

test.each([
  ["/api/catalog/entities?fields=metadata.tags[0]", "invalid_fields"],
  ["/api/catalog/entities?order=name", "invalid_order"],
  ["/api/catalog/entities/by-query?cursor=abc", "invalid_cursor"],
  ["/api/catalog/entities?after=abc", "invalid_cursor"],
  ["/api/catalog/entities/by-query?limit=-1", "invalid_input"],
])("%s is refused as %s", async (path, code) => {
  const response = await app.inject(path);
  expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([400, code]);
});

test("a predicate that nobody knows is refused with its place", async () => {
  const response = await app.inject({
    method: "POST",
    url: "/api/catalog/entities/by-query",
    payload: { query: { $all: [{ kind: { $like: "x" } }] } },
  });
  expect(response.json()).toMatchObject({
    code: "invalid_query",
    issues: [{ path: "query.$all[0].kind.$like" }],
  });
});

test("validate answers entities and issues with line and column", async () => {
  const text =
    "apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata:\n  name: a b\nspec: {}\n";
  const response = await app.inject({
    method: "POST",
    url: "/api/catalog/validate",
    payload: { text, file: "x.yaml" },
  });
  expect(response.json<{ issues: { path: string }[] }>().issues.map((issue) => issue.path)).toEqual(
    ["x.yaml:4:9", "x.yaml:5:1", "x.yaml:5:1"],
  );
});

test("history answers the versions of an entity", async () => {
  const response = await app.inject(
    `/api/catalog/history/${encodeURIComponent("Component:default/Alpha")}`,
  );
  expect(response.json()).toMatchObject({
    items: [{ version: 1, change: "created", changedBy: "user:default/admin", runId: null }],
  });
  expect((await app.inject("/api/catalog/history/component:nobody")).statusCode).toBe(404);
});
