import { expect, test } from "vitest";
import type { UsageRecord } from "@causeway/contract";
import { parseLine, recover, toLine, type JournalLine } from "./journal-lines.ts";

const windowStart = "2026-01-01T00:00:00.000Z";

function record(id: string, costMicroUsd: number): UsageRecord {
  return {
    id,
    requestId: id,
    attempt: 1,
    gateway: "gw_1",
    at: windowStart,
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
    inputTokens: 1,
    outputTokens: 1,
    estimated: false,
    costMicroUsd,
    notional: false,
    priceSince: "2026-01-01",
    budgetId: "budget:default/b",
    windowStart,
    ttftMs: null,
    durationMs: 1,
    traceId: "t",
  };
}

function account(granted: number, spent: number) {
  const resetsAt = "2026-01-02T00:00:00.000Z";
  return { budgetId: "budget:default/b", windowStart, resetsAt, granted, spent };
}

const reserved = (id: string): JournalLine => ({ t: "r", record: record(id, 100) });
const settled = (id: string, cost: number): JournalLine => ({ t: "s", record: record(id, cost) });
const header = (granted: number, spent: number): JournalLine => ({
  t: "h",
  accounts: [account(granted, spent)],
});

test("a line is read as it was written, and a cut one as nothing", () => {
  const line = toLine(settled("a", 5));
  expect(parseLine(line)).toEqual(settled("a", 5));
  for (let end = 0; end < line.length - 1; end++)
    expect(parseLine(line.slice(0, end))).toBeUndefined();
});

test("calls without a settlement are open, also across segments", () => {
  const found = recover([
    [header(0, 0), reserved("a"), reserved("b")],
    [header(0, 0), settled("a", 1), reserved("c")],
  ]);
  expect(found.open.map(({ id }) => id)).toEqual(["b", "c"]);
  expect(found.openIds.map((ids) => [...ids])).toEqual([["b"], ["c"]]);
});

test("accounts follow the newest segment: its header, its grants, each settlement once", () => {
  const found = recover([
    [header(500, 10), settled("old", 7)],
    [
      header(500, 17),
      settled("a", 3),
      settled("a", 3),
      { t: "g", account: account(800, 20) },
      settled("b", 5),
    ],
  ]);
  expect(found.accounts).toEqual([account(800, 25)]);
});

test("a segment that was cut in its header is passed over", () => {
  const found = recover([[header(500, 10), settled("a", 7)], []]);
  expect(found.accounts).toEqual([account(500, 17)]);
});
