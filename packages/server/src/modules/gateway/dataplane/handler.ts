import {
  costHeaders,
  idempotencyHeaders,
  PlatformError,
  type SnapshotBudget,
  type SnapshotKey,
  type TokenCounts,
  type UsageRecord,
} from "@causeway/contract";
import type { Clock } from "#platform/clock";
import type { CrashPoint } from "#platform/crash-points";
import type { Log } from "#platform/log";
import { countTurns } from "../providers/local/index.ts";
import { openAiReader, toOpenAiRequest } from "../providers/openai/index.ts";
import type { UpstreamRequest } from "../providers/provider.ts";
import { loadTokenizer } from "../providers/tokenizer.ts";
import type { Accounting, OpenAttempt } from "./accounting-service.ts";
import type { ClientResponse } from "./client-response.ts";
import { toErrorObject, UpstreamError } from "./envelope.ts";
import {
  failed,
  type ExchangeDeps,
  type ExchangeEnd,
  type Failure,
  type Patience,
} from "./exchange.ts";
import type { IncomingHeaders } from "./find-caller.ts";
import type { KeptAnswer } from "./answers-store.ts";
import type { Claim } from "./idempotency-service.ts";
import { toAnswerHeaders, toUpstreamHeaders } from "./headers.ts";
import { findBudget } from "./lease-client.ts";
import type { Metrics } from "./metrics.ts";
import { findRoute, planAttempts, worstCaseOf, type Attempt } from "./plan-attempts.ts";
import type { ProviderPool } from "./provider-client.ts";
import { readCall, type ModelCall } from "./read-call.ts";
import { listTexts, listTurns } from "./read-texts.ts";
import type { RecentRequests } from "./recent-requests.ts";
import { receiveStream } from "./receive-stream.ts";
import { receiveWhole } from "./receive-whole.ts";
import type { Tables } from "./snapshot-tables.ts";
import { toTraceparent, type Trace } from "./trace.ts";
import { startExchange } from "./upstream.ts";
import {
  noTokens,
  toReservation,
  toSettlement,
  type AttemptEnd,
  type CallFacts,
} from "./usage-record.ts";

export type HandlerDeps = {
  readonly gateway: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly accounting: Accounting;
  readonly providers: ProviderPool;
  readonly recent: RecentRequests;
  readonly metrics: Metrics;
  readonly patience: Patience;
  readonly deadlineMs: number;
  readonly newSpanId: () => string;
  readonly crashPoint: CrashPoint;
};
export type IncomingCall = {
  readonly operation: ModelCall["operation"];
  readonly requestId: string;
  readonly trace: Trace;
  readonly key: SnapshotKey;
  readonly tables: Tables;
  readonly headers: IncomingHeaders;
  readonly body: string;
  readonly client: ClientResponse;
  /** Of a call under an `Idempotency-Key`. */
  readonly claim: Claim | undefined;
};

/** A call from its body to its last byte: read, plan, then one target after the other until one answers. */
export async function handleModelCall(deps: HandlerDeps, incoming: IncomingCall): Promise<void> {
  const { client, key, tables, requestId, claim } = incoming;
  if (claim?.kept) return replay(deps, client, claim.kept);
  const call = readCall(incoming.operation, incoming.body);
  const route = findRoute(tables, key, call);
  const budget = findBudget(tables, key);
  const plan = planAttempts(route, key, call).map((attempt) => ({
    ...attempt,
    number: attempt.number + (claim?.attemptsBefore ?? 0),
  }));
  await claim?.begin(plan.length);
  const facts: CallFacts = {
    requestId,
    traceId: incoming.trace.traceId,
    gateway: deps.gateway,
    at: deps.clock.now().toISOString(),
    key,
    route,
    call,
  };
  deps.recent.begin(requestId, key.id, { route: route.name, traceId: facts.traceId });
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deps.deadlineMs);
  const failures: AttemptFailure[] = [];
  try {
    for (const attempt of plan) {
      if (client.isGone() || deadline.signal.aborted) break;
      const context = { ...incoming, deps, facts, budget, attempt, deadline: deadline.signal };
      const end = await runAttempt(context);
      if (end.kind !== "failed" || !end.failure) return;
      failures.push({ attempt, failure: end.failure, headers: end.headers });
      if (!end.failure.isRetryable) break;
    }
  } finally {
    clearTimeout(timer);
  }
  if (!client.isGone()) throw toUpstreamError(failures, plan.length, route.name);
}

/** D1: the same answer once more, paid for already. */
function replay(deps: HandlerDeps, client: ClientResponse, { record, body }: KeptAnswer): void {
  deps.recent.settle(record);
  deps.metrics.add("causeway_gateway_replays_total", { route: record.route });
  client.send(200, { ...toCostHeaders(record), [idempotencyHeaders.isReplay]: "true" }, body);
}

type AttemptContext = IncomingCall & {
  readonly deps: HandlerDeps;
  readonly facts: CallFacts;
  readonly budget: SnapshotBudget | undefined;
  readonly attempt: Attempt;
  readonly deadline: AbortSignal;
};

/** One target: hold its worst case, send, settle what it was in truth. */
async function runAttempt(context: AttemptContext): Promise<ExchangeEnd> {
  const { deps, facts, attempt } = context;
  const provider = context.tables.providers.get(attempt.target.provider);
  if (!provider) return unsent(failed(502, "provider_missing", "The target's provider is gone"));
  let prepared: { request: UpstreamRequest; transport: ExchangeDeps["transport"] };
  try {
    prepared = {
      transport: deps.providers.transportOf(provider),
      request: toRequest(context, deps.providers.credentialOf(provider)),
    };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    deps.log.error({ provider: provider.ref, code: error.code }, error.message);
    return unsent(failed(503, error.code, error.message));
  }
  const exactInput = provider.driver === "local" ? await countInput(facts.call) : undefined;
  const worst = worstCaseOf(facts.call, attempt, exactInput);
  const open = await deps.accounting.open(context.budget, worst, (windowStart) =>
    toReservation(facts, attempt, { worst, windowStart }),
  );
  deps.crashPoint("gateway:call:reserved");
  return exchangeAndSettle(context, open, prepared);
}

function unsent(failure: Failure): ExchangeEnd {
  const nothing = { usage: undefined, text: "", ttftMs: null, headers: {} };
  return { kind: "failed", status: failure.status, failure, ...nothing };
}

async function exchangeAndSettle(
  context: AttemptContext,
  open: OpenAttempt,
  prepared: { request: UpstreamRequest; transport: ExchangeDeps["transport"] },
): Promise<ExchangeEnd> {
  const { deps, facts, attempt, client, claim } = context;
  const started = performance.now();
  const toRecord = (
    end: ExchangeEnd,
    tokens: { counts: TokenCounts; estimated: boolean },
  ): UsageRecord =>
    toSettlement(open.reservation, attempt, {
      // Who claimed an answer can still fetch it.
      ...outcomeOf(end, client.isGone() && !claim),
      tokens: tokens.counts,
      estimated: tokens.estimated,
      ttftMs: end.ttftMs,
      durationMs: performance.now() - started,
    });
  const exchangeDeps: ExchangeDeps = {
    transport: prepared.transport,
    reader: openAiReader,
    client,
    patience: deps.patience,
    deadline: context.deadline,
    onMalformedFrame: () =>
      deps.metrics.add("causeway_gateway_malformed_frames_total", {
        provider: attempt.target.provider,
      }),
  };
  let whole: Buffer | undefined;
  const receive = facts.call.stream
    ? receiveStream(exchangeDeps, {
        wantsUsage: facts.call.wantsUsage,
        begin: (headers) => client.beginStream(toAnswerHeaders(headers)),
        settle: (end) => {
          // What must be estimated waits for the tokenizer and settles a moment later.
          if (!end.usage) return;
          deps.accounting.settle(open, toRecord(end, { counts: end.usage, estimated: false }));
        },
        toErrorFrame: (failure) => toErrorFrame(failure, context.requestId),
      })
    : receiveWhole(exchangeDeps, (body) => {
        whole = body;
      });
  const end = await startExchange(exchangeDeps, prepared.request, receive);
  const record = toRecord(end, await countEnd(end, facts.call));
  deps.crashPoint("gateway:call:answered");
  if (whole) await claim?.keep({ record, body: whole.toString("utf8") });
  deps.crashPoint("gateway:call:kept");
  deps.accounting.settle(open, record);
  deps.crashPoint("gateway:call:settled");
  if (whole) client.send(200, { ...toAnswerHeaders(end.headers), ...toCostHeaders(record) }, whole);
  return end;
}

function outcomeOf(
  end: ExchangeEnd,
  isGone: boolean,
): Pick<AttemptEnd, "outcome" | "httpStatus" | "errorCode"> {
  if (end.failure) {
    const errorCode = end.failure.code ?? end.failure.type;
    return { outcome: "failed", httpStatus: end.failure.status, errorCode };
  }
  if (end.kind === "left" || isGone) {
    return { outcome: "cancelled", httpStatus: end.status || 499, errorCode: "client_left" };
  }
  return { outcome: "succeeded", httpStatus: end.status, errorCode: null };
}

/** What a provider says it counted; where it said nothing, our own count of what went in and came out, flagged. An attempt
 *  that failed before its first byte cost nothing. */
async function countEnd(
  end: ExchangeEnd,
  call: ModelCall,
): Promise<{ counts: TokenCounts; estimated: boolean }> {
  if (end.usage) return { counts: end.usage, estimated: false };
  if (end.kind === "failed") return { counts: noTokens, estimated: false };
  const tokenizer = await loadTokenizer();
  const counts = {
    inputTokens: await countInput(call),
    outputTokens: call.operation === "chat" ? tokenizer.count(end.text) : 0,
  };
  return { counts, estimated: true };
}

async function countInput(call: ModelCall): Promise<number> {
  const tokenizer = await loadTokenizer();
  if (call.operation === "chat") return countTurns(listTurns(call.parsed), tokenizer);
  const { texts, tokens } = listTexts(call.parsed);
  return texts.reduce((sum, text) => sum + tokenizer.count(text), tokens);
}

function toRequest(context: AttemptContext, credential: string | undefined): UpstreamRequest {
  const { call } = context.facts;
  return toOpenAiRequest({
    operation: call.operation,
    body: call.body,
    providerModel: context.attempt.target.providerModel,
    stream: call.stream,
    streamOptions: call.streamOptions,
    outputLimit: context.attempt.outputLimit,
    headers: toUpstreamHeaders({
      incoming: context.headers,
      credential,
      traceparent: toTraceparent(context.trace, context.deps.newSpanId()),
      stream: call.stream,
    }),
  });
}

function toCostHeaders(record: UsageRecord): Record<string, string> {
  const json = { "content-type": "application/json; charset=utf-8" };
  if (record.costMicroUsd === null) return json;
  return {
    ...json,
    [costHeaders.costMicroUsd]: String(record.costMicroUsd),
    [costHeaders.notional]: String(record.notional),
  };
}

function toErrorFrame(failure: Failure, requestId: string): string {
  const error = new PlatformError({
    code: failure.code ?? "upstream_failed",
    message: failure.message,
  });
  return `data: ${JSON.stringify({ error: toErrorObject(error, { type: failure.type, requestId }) })}\n\n`;
}

type AttemptFailure = {
  readonly attempt: Attempt;
  readonly failure: Failure;
  readonly headers: ExchangeEnd["headers"];
};

/** The last failure speaks, with the headers of that attempt only; the others are listed. */
function toUpstreamError(
  failures: readonly AttemptFailure[],
  planned: number,
  route: string,
): Error {
  const last = failures.at(-1);
  if (!last) {
    return toUpstreamErrorOf(failed(504, "deadline_exceeded", "The call took too long"), {}, {});
  }
  const attempts = failures.map(({ attempt, failure }) => ({
    model: attempt.target.model,
    status: failure.status,
    code: failure.code,
  }));
  const isExhausted = last.failure.isRetryable && planned > 1;
  const told = isExhausted
    ? {
        ...last.failure,
        message: `${last.failure.message} (all ${planned} targets of "${route}" failed)`,
      }
    : last.failure;
  return toUpstreamErrorOf(told, toAnswerHeaders(last.headers), { attempts });
}

function toUpstreamErrorOf(
  failure: Failure,
  headers: Readonly<Record<string, string>>,
  extra: Readonly<Record<string, unknown>>,
): UpstreamError {
  const issues = failure.param === null ? [] : [{ path: failure.param, message: failure.message }];
  const code = failure.code ?? `upstream_status_${failure.status}`;
  return new UpstreamError(
    { code, message: failure.message, extra, issues },
    { status: failure.status, type: failure.type, headers },
  );
}
