import {
  costMicroUsd,
  type SnapshotKey,
  type SnapshotRoute,
  type TokenCounts,
  type UsageRecord,
} from "@causeway/contract";
import type { Attempt, WorstCase } from "./plan-attempts.ts";
import type { ModelCall } from "./read-call.ts";

export type CallFacts = {
  readonly requestId: string;
  readonly traceId: string;
  readonly gateway: string;
  readonly at: string;
  readonly key: SnapshotKey;
  readonly route: SnapshotRoute;
  readonly call: ModelCall;
};

/** What the ledger would hold if nothing more were heard of this attempt: written before the call leaves, and taken as the
 *  truth when the gateway dies before it learns a better one. */
export function toReservation(
  facts: CallFacts,
  attempt: Attempt,
  bound: { readonly worst: WorstCase; readonly windowStart: string | null },
): UsageRecord {
  const { target } = attempt;
  return {
    id: `${facts.requestId}:${attempt.number}`,
    requestId: facts.requestId,
    attempt: attempt.number,
    gateway: facts.gateway,
    at: facts.at,
    keyId: facts.key.id,
    principal: facts.key.principal,
    owner: facts.key.owner,
    flow: facts.key.flow,
    route: facts.route.name,
    model: target.model,
    provider: target.provider,
    operation: facts.call.operation,
    stream: facts.call.stream,
    outcome: "failed",
    httpStatus: 500,
    errorCode: "gateway_restarted",
    ...bound.worst.tokens,
    estimated: true,
    costMicroUsd: bound.worst.costMicroUsd,
    notional: target.price?.notional ?? false,
    priceSince: target.price?.since ?? null,
    budgetId: bound.windowStart === null ? null : facts.key.budgetId,
    windowStart: bound.windowStart,
    ttftMs: null,
    durationMs: 0,
    traceId: facts.traceId,
  };
}

/** The reservation of an attempt that costs nothing if it is cut off. */
export function toUnspent(reservation: UsageRecord): UsageRecord {
  const costMicroUsd = reservation.costMicroUsd === null ? null : 0;
  return { ...reservation, ...noTokens, costMicroUsd, estimated: false };
}

export type AttemptEnd = {
  readonly outcome: "succeeded" | "failed" | "cancelled";
  readonly httpStatus: number;
  readonly errorCode: string | null;
  readonly tokens: TokenCounts;
  readonly estimated: boolean;
  readonly ttftMs: number | null;
  readonly durationMs: number;
};

/** The truth of an attempt. An estimate stays within what was reserved; what a provider says it counted is taken as said. */
export function toSettlement(
  reservation: UsageRecord,
  attempt: Attempt,
  end: AttemptEnd,
): UsageRecord {
  const tokens = end.estimated ? withinReserved(end.tokens, reservation) : end.tokens;
  const price = attempt.target.price;
  return {
    ...reservation,
    outcome: end.outcome,
    httpStatus: end.httpStatus,
    errorCode: end.errorCode,
    inputTokens: tokens.inputTokens,
    outputTokens: tokens.outputTokens,
    estimated: end.estimated,
    costMicroUsd: price && costMicroUsd(tokens, price),
    ttftMs: end.ttftMs,
    durationMs: end.durationMs,
  };
}

function withinReserved(tokens: TokenCounts, reservation: UsageRecord): TokenCounts {
  return {
    inputTokens: Math.min(tokens.inputTokens, reservation.inputTokens),
    outputTokens: Math.min(tokens.outputTokens, reservation.outputTokens),
  };
}

export const noTokens: TokenCounts = { inputTokens: 0, outputTokens: 0 };
