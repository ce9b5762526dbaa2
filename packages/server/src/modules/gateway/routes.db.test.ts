import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refOfEntity, type UsageRecord } from "@causeway/contract";
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
    entities: [...localEntities, budget("b", "0.001000")],
  });
});
afterAll(async () => {
  await started.control?.close();
  await started.notifier?.close();
});

function control(): ControlPlane {
  if (!started.control) throw new Error("not started");
  return started.control;
}

const day = "2026-01-05T00:00:00.000Z";

function record(id: string, more: Partial<UsageRecord> = {}): UsageRecord {
  return {
    id: `${id}:1`,
    requestId: id,
    attempt: 1,
    gateway: "gw_1",
    at: "2026-01-05T10:00:00.000Z",
    keyId: "key_1",
    principal: "component:default/app",
    owner: "group:default/platform",
    flow: null,
    route: "chat",
    model: "model:default/m",
    provider: "provider:default/p",
    operation: "chat",
    stream: true,
    outcome: "succeeded",
    httpStatus: 200,
    errorCode: null,
    inputTokens: 10,
    outputTokens: 5,
    estimated: false,
    costMicroUsd: 100,
    notional: false,
    priceSince: "2026-01-01",
    budgetId: "budget:default/b",
    windowStart: day,
    ttftMs: 20,
    durationMs: 100,
    traceId: "trace-1",
    ...more,
  };
}

async function deliver(records: readonly UsageRecord[]) {
  const payload = { gateway: "gw_1", records };
  const response = await control().app.inject({
    method: "POST",
    url: "/api/gateway/usage",
    payload,
  });
  return response.json<{ accepted: number; duplicates: number }>();
}

test("usage is delivered at least once and counted once", async () => {
  expect(await deliver([record("once"), record("twice")])).toEqual({ accepted: 2, duplicates: 0 });
  expect(await deliver([record("twice"), record("third")])).toEqual({ accepted: 1, duplicates: 1 });
});

test("real and notional money and unknown prices stay apart in every sum", async () => {
  const at = "2026-02-05T10:00:00.000Z";
  await deliver([
    record("s1", { at, route: "sums" }),
    record("s2", { at, route: "sums", notional: true, costMicroUsd: 7 }),
    record("s3", { at, route: "sums", costMicroUsd: null, ttftMs: null }),
    record("s4", { at, route: "sums", outcome: "failed", costMicroUsd: 0 }),
  ]);
  const query = "groupBy=route&from=2026-02-01T00:00:00.000Z&to=2026-03-01T00:00:00.000Z";
  const report = (await control().app.inject({ url: `/api/usage?${query}` })).json();
  expect(report.rows).toEqual([
    {
      key: "sums",
      requests: 4,
      failed: 1,
      inputTokens: 40,
      outputTokens: 20,
      costMicroUsd: 100,
      notionalMicroUsd: 7,
      unpriced: 1,
      p50DurationMs: 100,
      p95DurationMs: 100,
      p50TtftMs: 20,
    },
  ]);
  expect(report.total).toMatchObject({ key: "total", costMicroUsd: 100, notionalMicroUsd: 7 });
});

test("the rows behind a number come page by page, newest first, also by trace", async () => {
  const at = (minute: number) => `2026-03-05T10:0${minute}:00.000Z`;
  await deliver(
    [1, 2, 3].map((n) => record(`p${n}`, { at: at(n), principal: "user:default/pages" })),
  );
  const read = async (query: string) =>
    (
      await control().app.inject({
        url: `/api/usage/requests?principal=user:default/pages&${query}`,
      })
    ).json<{
      items: UsageRecord[];
      nextCursor: string | null;
    }>();
  const first = await read("limit=2");
  expect(first.items.map((item) => item.requestId)).toEqual(["p3", "p2"]);
  const second = await read(`limit=2&cursor=${encodeURIComponent(first.nextCursor ?? "")}`);
  expect(second).toMatchObject({ items: [{ requestId: "p1" }], nextCursor: null });
  expect((await read("traceId=none")).items).toEqual([]);
  const wrong = await control().app.inject({ url: "/api/usage/requests?cursor=nonsense" });
  expect([wrong.statusCode, wrong.json().code]).toEqual([400, "invalid_cursor"]);
});

test("asks of many gateways at once never get more than the cap", async () => {
  const ask = (gateway: string) =>
    control().app.inject({
      method: "POST",
      url: "/api/gateway/leases",
      payload: {
        gateway,
        budgetId: "budget:default/b",
        windowStart: "2026-04-05T00:00:00.000Z",
        neededMicroUsd: 90,
      },
    });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`gw_${index}`)));
  const grants = answers.map((answer) => answer.json().grantedMicroUsd as number);
  expect(grants.reduce((sum, granted) => sum + granted, 0)).toBe(1_000);
  // Asking again for the same total gives nothing more.
  expect((await ask("gw_0")).json().grantedMicroUsd).toBe(grants[0]);
});

test("a lease tells a gateway that lost its memory what the ledger holds", async () => {
  const windowStart = "2026-05-05T00:00:00.000Z";
  await deliver([
    record("l1", { windowStart }),
    record("l2", { windowStart, notional: true, costMicroUsd: 11 }),
    record("l3", { windowStart, gateway: "gw_2", costMicroUsd: 5 }),
  ]);
  const response = await control().app.inject({
    method: "POST",
    url: "/api/gateway/leases",
    payload: { gateway: "gw_1", budgetId: "budget:default/b", windowStart, neededMicroUsd: 1 },
  });
  expect(response.json()).toMatchObject({
    settledMicroUsd: 111,
    settledByAllMicroUsd: 116,
    resetsAt: "2026-05-06T00:00:00.000Z",
  });
});

test("there is no lease of a budget that does not exist", async () => {
  const response = await control().app.inject({
    method: "POST",
    url: "/api/gateway/leases",
    payload: {
      gateway: "gw_1",
      budgetId: "budget:default/none",
      windowStart: day,
      neededMicroUsd: 1,
    },
  });
  expect([response.statusCode, response.json().code]).toEqual([404, "budget_not_found"]);
});

async function snapshot() {
  const response = await control().app.inject({
    url: "/api/gateway/snapshot?since=-1&gateway=gw_test",
  });
  return response.json<{
    version: number;
    keys: { id: string; secrets: { hash: string; expiresAt: string | null }[] }[];
  }>();
}

test("a secret is shown once, kept as its hash, audited, and replaced on demand", async () => {
  const { keyId, secret } = await control().newKey();
  const issue = async (payload: object) => {
    const url = `/api/keys/${keyId}/secrets`;
    return control().app.inject({ method: "POST", url, payload });
  };
  await control().gateway.issueSecret({
    keyId,
    actor: "user:default/admin",
    replaceEarlier: false,
  });
  const replaced = await issue({ replaceEarlier: true, expiresInSeconds: 60 });
  expect(replaced.statusCode).toBe(201);
  expect(replaced.headers["cache-control"]).toBe("no-store");
  expect(replaced.json().secret).toMatch(/^cwk_/);
  const content = await snapshotWith(keyId, ({ secrets }) =>
    secrets.every(({ expiresAt }) => expiresAt !== null),
  );
  expect(content.secrets).toHaveLength(1);
  const rows = await database.pool.query("select * from gateway_key_secret");
  expect(JSON.stringify(rows.rows)).not.toContain(secret);
  const audit = await database.pool.query("select entry from audit_entry");
  expect(audit.rows.filter((row) => JSON.stringify(row).includes(keyId))).toHaveLength(3);
  expect(JSON.stringify(audit.rows)).not.toContain("cwk_");
});

async function snapshotWith(
  keyId: string,
  isRight: (key: Awaited<ReturnType<typeof snapshot>>["keys"][number]) => boolean,
) {
  for (;;) {
    const key = (await snapshot()).keys.find(({ id }) => id === keyId);
    if (key && isRight(key)) return key;
    await sleep(5);
  }
}

test("no secret of a key that does not exist", async () => {
  const response = await control().app.inject({
    method: "POST",
    url: "/api/keys/key_none/secrets",
    payload: {},
  });
  expect([response.statusCode, response.json().code]).toEqual([404, "key_not_found"]);
});

test("the version moves when something moved, and not when nothing did", async () => {
  const before = (await snapshot()).version;
  control().changed();
  expect((await snapshot()).version).toBe(before);
  control().entities.push(budget("another", "1.00"));
  control().changed();
  const waiting = await control().app.inject({
    url: `/api/gateway/snapshot?since=${before}&gateway=gw_test`,
  });
  expect(waiting.json<{ version: number }>().version).toBe(before + 1);
});

test("without a connected gateway nothing counts as applied", async () => {
  await expect(control().gateway.awaitApplied()).rejects.toMatchObject({
    code: "gateway_not_up_to_date",
  });
});

test("budgets show what their window spent", async () => {
  const { items } = (await control().app.inject({ url: "/api/budgets" })).json();
  expect(items).toContainEqual(
    expect.objectContaining({
      ref: "budget:default/b",
      capMicroUsd: 1_000,
      spentMicroUsd: 0,
      window: "day",
    }),
  );
  expect(control().entities.map(refOfEntity)).toContain("budget:default/b");
});
