import { setTimeout as sleep } from "node:timers/promises";
import {
  costHeaders,
  idempotencyHeaders,
  internalHeaders,
  UnavailableError,
  LimitError,
} from "@causeway/contract";
import { request } from "undici";
import { z } from "zod";

export type EmbedDeps = { readonly gatewayOrigin: () => string; readonly internalToken: string };
export type EmbedCommand = {
  readonly texts: readonly string[];
  /** Under whose key the call runs and whose budget pays. */
  readonly keyId: string;
  /** The route's public name. */
  readonly route: string;
  readonly traceId: string;
  /** The same call again under the same key is answered again and paid once. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
};
export type Embedded = {
  readonly vectors: readonly Float32Array[];
  readonly inputTokens: number;
  readonly costMicroUsd: number | null;
  readonly notional: boolean;
};

const answer = z.looseObject({
  data: z.array(z.looseObject({ index: z.int(), embedding: z.string() })),
  usage: z.looseObject({ prompt_tokens: z.int() }),
});
const refusal = z.looseObject({
  error: z.looseObject({ message: z.string(), code: z.string().nullish() }),
});

/** How long a call under an idempotency key waits for a gateway that crashed and starts again: about 20 seconds. */
const pausesMs = [100, 200, 400, 800, 1_500, 3_000, 5_000, 5_000, 5_000];

/** The control plane's own calls go through the gateway like anybody's: same key, same budget, same ledger. A call that
 *  may be repeated outlasts a restart of the gateway; others would be paid twice. */
export async function embedTexts(deps: EmbedDeps, command: EmbedCommand): Promise<Embedded> {
  const pauses = command.idempotencyKey === undefined ? [] : pausesMs;
  for (const pauseMs of pauses) {
    try {
      return await embedOnce(deps, command);
    } catch (error) {
      if (!isUnreachable(error) || command.signal?.aborted) throw error;
      await sleep(pauseMs, undefined, command.signal ? { signal: command.signal } : {});
    }
  }
  return embedOnce(deps, command);
}

const unreachable = "gateway_unreachable";

function isUnreachable(error: unknown): boolean {
  return error instanceof UnavailableError && error.code === unreachable;
}

async function embedOnce(deps: EmbedDeps, command: EmbedCommand): Promise<Embedded> {
  const { status, headers, body } = await send(deps, command).catch((error: unknown) => {
    throw new UnavailableError({
      code: unreachable,
      message: "The model gateway does not answer",
      fix: "Try again when it runs.",
      cause: error,
    });
  });
  if (status !== 200) throw toError(status, body);
  const { data, usage } = answer.parse(body);
  const cost = headers[costHeaders.costMicroUsd];
  return {
    vectors: data.toSorted((a, b) => a.index - b.index).map((item) => toVector(item.embedding)),
    inputTokens: usage.prompt_tokens,
    costMicroUsd: cost === undefined ? null : Number(cost),
    notional: headers[costHeaders.notional] === "true",
  };
}

async function send(deps: EmbedDeps, command: EmbedCommand) {
  const { keyId, route, texts, traceId, idempotencyKey, signal } = command;
  const response = await request(`${deps.gatewayOrigin()}/v1/embeddings`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      [internalHeaders.token]: deps.internalToken,
      [internalHeaders.keyId]: keyId,
      ...(idempotencyKey === undefined ? {} : { [idempotencyHeaders.key]: idempotencyKey }),
      traceparent: `00-${traceId}-${traceId.slice(0, 16)}-01`,
    },
    body: JSON.stringify({ model: route, input: texts, encoding_format: "base64" }),
    signal: signal ?? null,
  });
  const body: unknown = await response.body.json();
  return { status: response.statusCode, headers: response.headers, body };
}

function toVector(base64: string): Float32Array {
  const bytes = Uint8Array.fromBase64(base64);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

function toError(status: number, body: unknown): Error {
  const parsed = refusal.safeParse(body);
  const code = parsed.data?.error.code ?? "embedding_failed";
  const details = {
    code,
    message: parsed.data?.error.message ?? `The model gateway answered with status ${status}`,
  };
  return code === "budget_exceeded" ? new LimitError(details) : new UnavailableError(details);
}
