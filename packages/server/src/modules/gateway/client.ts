import { costHeaders, internalHeaders, UnavailableError, LimitError } from "@causeway/contract";
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

/** The control plane's own calls go through the gateway like anybody's: same key, same budget, same ledger. */
export async function embedTexts(deps: EmbedDeps, command: EmbedCommand): Promise<Embedded> {
  const response = await request(`${deps.gatewayOrigin()}/v1/embeddings`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      [internalHeaders.token]: deps.internalToken,
      [internalHeaders.keyId]: command.keyId,
      traceparent: `00-${command.traceId}-${command.traceId.slice(0, 16)}-01`,
    },
    body: JSON.stringify({
      model: command.route,
      input: command.texts,
      encoding_format: "base64",
    }),
    signal: command.signal ?? null,
  }).catch((error: unknown) => {
    throw new UnavailableError({
      code: "gateway_unreachable",
      message: "The model gateway does not answer",
      fix: "Try again when it runs.",
      cause: error,
    });
  });
  const body: unknown = await response.body.json();
  if (response.statusCode !== 200) throw toError(response.statusCode, body);
  const { data, usage } = answer.parse(body);
  const cost = response.headers[costHeaders.costMicroUsd];
  return {
    vectors: data.toSorted((a, b) => a.index - b.index).map((item) => toVector(item.embedding)),
    inputTokens: usage.prompt_tokens,
    costMicroUsd: cost === undefined ? null : Number(cost),
    notional: response.headers[costHeaders.notional] === "true",
  };
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
