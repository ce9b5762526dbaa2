import { afterAll, beforeAll, expect, test } from "vitest";
import type { AnyAction, ExecuteContext } from "@causeway/contract";
import { silentLog } from "#platform/log";
import { createNotifier, type Notifier } from "#platform/notify";
import { useDatabase } from "#test/database";
import { budget, localEntities, startControlPlane, type ControlPlane } from "#test/gateway";

const database = useDatabase();
const started: { notifier?: Notifier; control?: ControlPlane } = {};

beforeAll(async () => {
  started.notifier = createNotifier({ url: database.url, log: silentLog });
  started.control = await startControlPlane({
    db: database.db,
    notifier: started.notifier,
    entities: [...localEntities, budget("b", "1.00")],
  });
});
afterAll(async () => {
  await started.control?.close();
  await started.notifier?.close();
});

function action(): AnyAction {
  const [found] = started.control?.gateway.actions ?? [];
  if (!found) throw new Error("not started");
  return found;
}

function context(idempotencyKey: string, crashAt?: string): ExecuteContext {
  return {
    runId: "run_1",
    stepId: "key",
    principal: "user:default/admin",
    workspace: "/nowhere",
    signal: new AbortController().signal,
    idempotencyKey,
    log: () => {},
    progress: () => {},
    crashPoint: (name) => {
      if (name === crashAt) throw new Error(`crashed at ${name}`);
    },
  };
}

const input = (name: string, more = {}) =>
  action().input.parse({
    name,
    principal: "component:default/app",
    owner: "group:default/platform",
    budget: "budget:default/b",
    routes: ["route:default/chat"],
    ...more,
  });

async function keysNamed(name: string): Promise<number> {
  const found = await database.pool.query("select id from gateway_key where name = $1", [name]);
  return found.rows.length;
}

test("executed twice under one idempotency key it makes one key and says the same", async () => {
  const first = await action().execute(input("twice"), context("run_1:twice:do"));
  const second = await action().execute(input("twice"), context("run_1:twice:do"));
  expect(second).toEqual(first);
  expect(await keysNamed("twice")).toBe(1);
  expect(JSON.stringify(first)).not.toContain("cwk_");
});

test.each(["gateway-key:create:before", "gateway-key:create:key"])(
  "stopped at %s and executed again it made one key",
  async (crashPoint) => {
    const name = crashPoint.replaceAll(":", "-");
    const key = `run_1:${name}:do`;
    await expect(action().execute(input(name), context(key, crashPoint))).rejects.toThrow(
      "crashed",
    );
    await action().execute(input(name), context(key));
    expect(await keysNamed(name)).toBe(1);
  },
);

test("undone, also twice, the key and its secrets are gone", async () => {
  const { undo } = await action().execute(input("undone"), context("run_1:undone:do"));
  const { keyId } = undo as { keyId: string }; // the action's own record
  await started.control?.gateway.issueSecret({
    keyId,
    actor: "user:default/admin",
    replaceEarlier: false,
  });
  await action().undo?.(undo, context("run_1:undone:undo"));
  await action().undo?.(undo, context("run_1:undone:undo"));
  expect(await keysNamed("undone")).toBe(0);
  const secrets = await database.pool.query("select * from gateway_key_secret where key_id = $1", [
    keyId,
  ]);
  expect(secrets.rows).toEqual([]);
});

test("a name that the principal uses already is refused in the preview and in the run", async () => {
  await action().execute(input("taken"), context("run_1:taken:do"));
  const refusal = { code: "key_name_taken" };
  await expect(action().preview(input("taken"), context("x"))).rejects.toMatchObject(refusal);
  await expect(action().execute(input("taken"), context("run_2:taken:do"))).rejects.toMatchObject(
    refusal,
  );
});

test("the preview says what would be made and who pays, and makes nothing", async () => {
  const preview = await action().preview(input("seen"), context("x"));
  expect(preview.changes).toEqual([
    {
      verb: "create",
      kind: "key",
      ref: "key:component:default/app/seen",
      detail: "Routes route:default/chat; paid by budget:default/b",
    },
  ]);
  expect(await keysNamed("seen")).toBe(0);
});

test("a budget that does not exist is refused when the key would be made", async () => {
  const wanting = input("poor", { budget: "budget:default/none" });
  await expect(action().execute(wanting, context("run_1:poor:do"))).rejects.toMatchObject({
    code: "budget_not_found",
  });
  expect(await keysNamed("poor")).toBe(0);
});

test("the newest live key of a principal is found", async () => {
  const newest = await action().execute(input("newest"), context("run_1:newest:do"));
  expect(await started.control?.gateway.findKeyOf("component:default/app")).toBe(
    (newest.output as { keyId: string }).keyId,
  );
  expect(await started.control?.gateway.findKeyOf("component:default/nobody")).toBeUndefined();
});
