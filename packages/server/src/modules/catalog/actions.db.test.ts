import {
  NotFoundError,
  type AnyAction,
  type Entity,
  type ExecuteContext,
} from "@causeway/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useDatabase } from "#test/database";
import { systemClock } from "#platform/clock";
import { silentLog } from "#platform/log";
import { createNotifier, type Notifier } from "#platform/notify";
import { createCatalog, type Catalog } from "./index.ts";

const { db, url } = useDatabase();
const files = new Map<string, string>();
let notifier: Notifier;
let catalog: Catalog;
let apply: AnyAction;
let register: AnyAction;

beforeAll(() => {
  notifier = createNotifier({ url, log: silentLog });
  catalog = createCatalog({
    db,
    notifier,
    clock: systemClock,
    readSource: async (address, options) => {
      if (!address.startsWith("causeway-git:")) return undefined;
      const text = files.get(`${options?.workspace ?? ""}${address}`) ?? files.get(address);
      if (text === undefined)
        throw new NotFoundError({ code: "source_not_found", message: address });
      return text;
    },
  });
  const [first, second] = catalog.actions;
  if (!first || !second) throw new Error("no actions");
  apply = first;
  register = second;
});
afterAll(() => notifier.close());

let steps = 0;

function context(more: Partial<ExecuteContext> = {}): ExecuteContext {
  steps += 1;
  return {
    runId: "run_1",
    stepId: `step-${steps}`,
    principal: "user:default/admin",
    workspace: "/workspace",
    signal: new AbortController().signal,
    idempotencyKey: `run_1:step-${steps}:do`,
    log: () => {},
    progress: () => {},
    crashPoint: () => {},
    ...more,
  };
}

function resource(name: string, type: string): Entity {
  return {
    apiVersion: "backstage.io/v1alpha1",
    kind: "Resource",
    metadata: { name },
    spec: { type, owner: "platform" },
  };
}

function inputOf(...entities: Entity[]): unknown {
  return apply.input.parse({ entities });
}

test("the preview says what would be created, updated and left alone, with a difference", async () => {
  await apply.execute(inputOf(resource("kept", "a"), resource("changed", "a")), context());
  const preview = await apply.preview(
    inputOf(resource("kept", "a"), resource("changed", "b"), resource("new", "a")),
    context(),
  );
  expect(preview.summary).toBe("3 entities: 1 create, 1 update, 1 unchanged");
  expect(preview.changes.map((change) => [change.verb, change.ref])).toEqual([
    ["update", "resource:default/changed"],
    ["create", "resource:default/new"],
  ]);
  expect(preview.changes[0]?.diff).toContain("-  type: a\n+  type: b\n");
  expect(preview.changes[1]?.diff).toContain("+kind: Resource\n");
  expect(preview.resources.map((seen) => seen.version === null)).toEqual([false, false, true]);
  expect(await catalog.find("resource:default/new")).toBeUndefined();
});

test("a wrong entity is refused in the preview already", async () => {
  const wrong = { ...resource("wrong", "a"), spec: { owner: "platform" } };
  await expect(
    apply.preview(inputOf(resource("fine", "a"), wrong), context()),
  ).rejects.toMatchObject({ code: "invalid_entity", issues: [{ path: "entities[1].spec.type" }] });
  const twice = inputOf(resource("twice", "a"), resource("Twice", "a"));
  await expect(apply.preview(twice, context())).rejects.toMatchObject({ code: "invalid_entity" });
});

test("dying after the write and doing it again is doing it once, and undo restores all of it", async () => {
  await apply.execute(inputOf(resource("old", "a")), context());
  const before = await catalog.find("resource:default/old");
  const ctx = context();
  const input = inputOf(resource("old", "b"), resource("fresh", "b"));
  const dying = {
    ...ctx,
    crashPoint: () => {
      throw new Error("killed");
    },
  };
  await expect(apply.execute(input, dying)).rejects.toThrow("killed");
  const result = await apply.execute(input, ctx);
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from catalog_history where effect = ${ctx.idempotencyKey}`.execute(db);
  expect(rows[0]?.count).toBe(2);
  const undoing = context();
  await apply.undo?.(result.undo, undoing);
  await apply.undo?.(result.undo, undoing);
  expect(await catalog.find("resource:default/old")).toEqual(before);
  expect(await catalog.find("resource:default/fresh")).toBeUndefined();
});

const catalogInfo = `apiVersion: causeway.dev/v1alpha1
kind: Budget
metadata:
  name: docs
spec:
  owner: group:default/platform
  subject: component:default/docs
  capUsd: "5.00"
  window: month
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: docs
spec:
  type: service
  lifecycle: production
  owner: platform
`;

test("register reads a repository's file and answers its component", async () => {
  const address = "causeway-git:docs@main/catalog-info.yaml";
  files.set(`/workspace${address}`, catalogInfo);
  const input = register.input.parse({ repoContentsUrl: "causeway-git:docs@main" });
  const preview = await register.preview(input, context());
  expect(preview.output).toEqual({ entityRef: "component:default/docs", catalogInfoUrl: address });
  await expect(register.execute(input, context())).rejects.toMatchObject({
    code: "source_not_found",
  });
  files.set(address, catalogInfo);
  const result = await register.execute(input, context());
  expect(result.output).toEqual(preview.output);
  const docs = await catalog.find("component:default/docs");
  expect(docs?.metadata.annotations?.["backstage.io/managed-by-location"]).toBe(`url:${address}`);
  expect(docs?.relations).toContainEqual({ type: "paidBy", targetRef: "budget:default/docs" });
  await register.undo?.(result.undo, context());
  expect(await catalog.find("component:default/docs")).toBeUndefined();
});

test("a file does not take over what another file declares", async () => {
  files.set("causeway-git:mine@main/catalog-info.yaml", catalogInfo.replaceAll("docs", "taken"));
  files.set("causeway-git:yours@main/catalog-info.yaml", catalogInfo.replaceAll("docs", "taken"));
  const mine = register.input.parse({ repoContentsUrl: "causeway-git:mine@main" });
  const yours = register.input.parse({ repoContentsUrl: "causeway-git:yours@main" });
  await register.execute(mine, context());
  await register.execute(mine, context());
  await expect(register.preview(yours, context())).rejects.toMatchObject({ code: "entity_taken" });
  await expect(register.execute(yours, context())).rejects.toMatchObject({ code: "entity_taken" });
});

test("a file with a fault is refused with its line", async () => {
  const address = "causeway-git:bad@main/catalog-info.yaml";
  files.set(address, catalogInfo.replace("capUsd", "cap"));
  const input = register.input.parse({ catalogInfoUrl: address });
  await expect(register.preview(input, context())).rejects.toMatchObject({
    code: "invalid_catalog_file",
    issues: [{ path: "catalog-info.yaml:5:1" }, { path: "catalog-info.yaml:8:8" }],
  });
});

test("what is optional may be missing, what nobody can read is said", async () => {
  const optional = { catalogInfoUrl: "causeway-git:none@main/x.yaml", optional: true };
  const result = await register.execute(register.input.parse(optional), context());
  expect(result).toEqual({ output: { catalogInfoUrl: optional.catalogInfoUrl }, undo: [] });
  const foreign = register.input.parse({ catalogInfoUrl: "https://acme.example/x.yaml" });
  await expect(register.preview(foreign, context())).rejects.toMatchObject({
    code: "unreadable_source",
  });
  await expect(register.preview(register.input.parse({}), context())).rejects.toMatchObject({
    code: "invalid_input",
  });
});
