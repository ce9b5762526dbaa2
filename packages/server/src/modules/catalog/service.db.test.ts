import { InvalidError, type Entity } from "@causeway/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useDatabase } from "#test/database";
import { systemClock } from "#platform/clock";
import { silentLog } from "#platform/log";
import { createNotifier, type Notifier } from "#platform/notify";
import { createCatalog, type Catalog } from "./index.ts";
import { managedBy } from "./entity.ts";

const { db, url } = useDatabase();
let notifier: Notifier;
let catalog: Catalog;

beforeAll(() => {
  notifier = createNotifier({ url, log: silentLog });
  catalog = createCatalog({ db, notifier, clock: systemClock, readSource: async () => undefined });
});
afterAll(() => notifier.close());

const actor = "user:default/admin";

function component(name: string, spec: Record<string, string> = {}): Entity {
  return {
    apiVersion: "backstage.io/v1alpha1",
    kind: "Component",
    metadata: { name },
    spec: { type: "service", lifecycle: "production", owner: "platform", ...spec },
  };
}

async function historyOf(ref: string): Promise<string[]> {
  const { rows } = await sql<{ change: string }>`
    select change from catalog_history where ref = ${ref} order by version`.execute(db);
  return rows.map((row) => row.change);
}

test("a registered entity is served with uid, etag, origin and relations in both directions", async () => {
  await catalog.registerEntity(component("One"), { actor, location: "url:somewhere" });
  const one = await catalog.find("Component:One");
  expect(one?.metadata).toMatchObject({
    name: "One",
    namespace: "default",
    uid: expect.any(String),
    etag: expect.any(String),
    annotations: { [managedBy]: "url:somewhere" },
  });
  expect(one?.relations).toEqual([{ type: "ownedBy", targetRef: "group:default/platform" }]);
  await catalog.registerEntity(
    {
      apiVersion: "backstage.io/v1alpha1",
      kind: "Group",
      metadata: { name: "platform" },
      spec: { type: "team", children: [] },
    },
    { actor },
  );
  const group = await catalog.find("group:default/platform");
  expect(group?.relations).toContainEqual({ type: "ownerOf", targetRef: "component:default/one" });
});

test("the same content again makes no version, also when it comes back as it was served", async () => {
  const first = await catalog.registerEntity(component("same"), { actor });
  expect(first).toMatchObject({ before: null, after: 1 });
  const again = await catalog.registerEntity(component("same"), { actor });
  expect(again).toEqual({ ref: "component:default/same", before: 1, after: 1 });
  const served = await catalog.find("component:default/same");
  expect(await catalog.registerEntity(served ?? component("same"), { actor })).toEqual(again);
  expect(await historyOf("component:default/same")).toEqual(["created"]);
});

test("restore brings back exactly the version before, or nothing where there was nothing", async () => {
  const created = await catalog.registerEntity(component("back"), { actor });
  const original = await catalog.find("component:default/back");
  const changed = await catalog.registerEntity(component("back", { type: "website" }), { actor });
  await catalog.restore([changed], { actor, effect: "undo-1" });
  expect(await catalog.find("component:default/back")).toEqual(original);
  await catalog.restore([created], { actor, effect: "undo-2" });
  expect(await catalog.find("component:default/back")).toBeUndefined();
  expect(await historyOf("component:default/back")).toEqual([
    "created",
    "updated",
    "restored",
    "removed",
  ]);
  const { rows } = await sql<{ rows: number }>`
    select count(*) as rows from catalog_relation where declared_by = 'component:default/back'`.execute(
    db,
  );
  expect(rows[0]?.rows).toBe(0);
});

test("restoring twice under one effect is restoring once", async () => {
  const created = await catalog.registerEntity(component("twice"), { actor });
  await catalog.restore([created], { actor, effect: "undo-twice" });
  await catalog.restore([created], { actor, effect: "undo-twice" });
  expect(await historyOf("component:default/twice")).toEqual(["created", "removed"]);
});

test("applying twice under one effect answers what the first did, and a later change survives", async () => {
  await catalog.registerEntity(component("effect"), { actor });
  const origin = { actor, runId: "run_1", effect: "run_1:apply:do" };
  const first = await catalog.registerEntity(component("effect", { type: "library" }), origin);
  await catalog.registerEntity(component("effect", { type: "website" }), { actor });
  const second = await catalog.registerEntity(component("effect", { type: "library" }), origin);
  expect(second).toEqual(first);
  expect((await catalog.find("component:default/effect"))?.spec?.["type"]).toBe("website");
});

test("restore refuses when somebody has changed the entity since", async () => {
  const created = await catalog.registerEntity(component("moved"), { actor });
  await catalog.registerEntity(component("moved", { type: "website" }), { actor });
  await expect(catalog.restore([created], { actor })).rejects.toMatchObject({
    code: "entity_changed_since",
  });
  expect((await catalog.find("component:default/moved"))?.spec?.["type"]).toBe("website");
});

test("a wrong entity is refused with its place and nothing is changed", async () => {
  const wrong = { ...component("wrong"), spec: { type: "service", lifecycle: "production" } };
  const refusal: unknown = await catalog.registerEntity(wrong, { actor }).catch((e: unknown) => e);
  expect(refusal).toBeInstanceOf(InvalidError);
  expect(refusal).toMatchObject({
    code: "invalid_entity",
    issues: [{ path: "entities[0].spec.owner", message: "is required" }],
  });
  expect(await catalog.find("component:default/wrong")).toBeUndefined();
});

test("writers at the same time number their versions without a gap", async () => {
  const types = ["a", "b", "c", "d", "e", "f", "g", "h"];
  await Promise.all(
    types.map((type) => catalog.registerEntity(component("race", { type }), { actor })),
  );
  expect(await historyOf("component:default/race")).toEqual([
    "created",
    ...types.slice(1).map(() => "updated"),
  ]);
});

test("every change is in the audit log and listeners are called", async () => {
  const called = new Promise<void>((resolve) => {
    catalog.onChange(resolve);
  });
  await catalog.registerEntity(component("audited"), { actor, runId: "run_7" });
  const { rows } = await sql<{ entry: string }>`
    select entry from audit_entry where chain = 'run:run_7'`.execute(db);
  expect(rows.map((row) => JSON.parse(row.entry) as unknown)).toEqual([
    expect.objectContaining({
      verb: "entity.created",
      subject: "component:default/audited",
      actor,
    }),
  ]);
  await called;
});

test("list finds by kind and owner", async () => {
  await catalog.registerEntity(component("mine", { owner: "group:default/finance" }), { actor });
  const found = await catalog.list({ kind: "Component", ownedBy: "group:finance" });
  expect(found.map((entity) => entity.metadata.name)).toEqual(["mine"]);
});

test("the directory knows a person's groups", async () => {
  const user: Entity = {
    apiVersion: "backstage.io/v1alpha1",
    kind: "User",
    metadata: { name: "developer" },
    spec: { memberOf: ["product"], profile: { displayName: "Developer" } },
  };
  await catalog.registerEntity(user, { actor });
  expect(await catalog.directory.describe("user:default/developer")).toEqual({
    displayName: "Developer",
    groups: ["group:default/product"],
  });
  expect(await catalog.directory.describe("user:default/nobody")).toBeUndefined();
});
