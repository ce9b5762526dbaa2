import { Problem } from "./problem.ts";
import { readEvents } from "./sse.ts";
import { toTraceparent, type Trace } from "./trace.ts";

/** The one address this service talks to. Everything below it runs under the service's own key and budget. */
export type Gateway = {
  search(query: Search, trace: Trace): Promise<Found>;
  readPrompt(name: string, trace: Trace): Promise<Prompt>;
  streamChat(chat: Chat, trace: Trace): Promise<ChatStream>;
  /** What a finished call used; undefined while the gateway has not settled it. */
  findUsage(requestId: string, trace: Trace): Promise<Usage | undefined>;
};

export type Search = { readonly store: string; readonly question: string; readonly topK: number };
export type Passage = { readonly title: string; readonly path: string; readonly text: string };
export type Usage = {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null: the price is unknown. */
  readonly costMicroUsd: number | null;
  /** True: an example price of an offline stand-in, no real money. */
  readonly notional: boolean;
};
export type Found = { readonly passages: readonly Passage[]; readonly usage: Usage };

export type Prompt = {
  readonly system: string;
  readonly template: string;
  /** The name by which the gateway knows the model route. */
  readonly model: string;
  readonly topK: number;
};

export type Message = { readonly role: "system" | "user"; readonly content: string };
export type Chat = { readonly model: string; readonly messages: readonly Message[] };
export type ChatStream = {
  readonly requestId: string | null;
  readonly text: AsyncIterable<string>;
};

export type GatewayOptions = {
  readonly url: string;
  readonly key: string;
  readonly fetch: typeof fetch;
};

const timeoutMs = 60_000;
const defaultModel = "chat";
const defaultTopK = 4;

export function createGateway(options: GatewayOptions): Gateway {
  const prompts = new Map<string, { etag: string; prompt: Prompt }>();
  return {
    search: async ({ store, question, topK }, trace) => {
      const path = `/v1/vector_stores/${encodeURIComponent(store)}/search`;
      const body = { query: question, max_num_results: topK };
      const response = await call(options, trace, { path, body });
      return toFound((await response.json()) as SearchAnswer);
    },
    readPrompt: async (name, trace) => {
      const known = prompts.get(name);
      const path = `/v1/prompts/${encodeURIComponent(name)}`;
      const headers = known ? { "if-none-match": known.etag } : {};
      const response = await call(options, trace, { path, headers });
      if (response.status === 304 && known) return known.prompt;
      const prompt = toPrompt((await response.json()) as PromptAnswer);
      const etag = response.headers.get("etag");
      if (etag) prompts.set(name, { etag, prompt });
      return prompt;
    },
    streamChat: async (chat, trace) => {
      const body = { ...chat, stream: true, stream_options: { include_usage: true } };
      const response = await call(options, trace, { path: "/v1/chat/completions", body });
      if (!response.body) throw unreachable("it answered without a body");
      return {
        requestId: response.headers.get("x-request-id"),
        text: readText(response.body),
      };
    },
    findUsage: async (requestId, trace) => {
      const path = `/v1/requests/${encodeURIComponent(requestId)}`;
      const response = await call(options, trace, { path });
      const answer = (await response.json()) as UsageAnswer;
      if (answer.state !== "settled") return undefined;
      return {
        inputTokens: answer.inputTokens ?? 0,
        outputTokens: answer.outputTokens ?? 0,
        costMicroUsd: answer.costMicroUsd ?? null,
        notional: answer.notional ?? false,
      };
    },
  };
}

// The parts of the gateway's answers that this service reads.
type SearchAnswer = {
  data: {
    attributes?: { path?: string; title?: string };
    filename: string;
    content: { text: string }[];
  }[];
  usage?: { inputTokens: number; costMicroUsd: number | null; notional: boolean };
};
type PromptAnswer = {
  system: string;
  template: string;
  route: string | null;
  retrieval: { topK: number } | null;
};
type UsageAnswer = Partial<Usage> & { state: "running" | "settled" };
type ChatChunk = {
  choices?: { delta?: { content?: string | null } }[];
  error?: { message?: string; code?: string };
};

function toFound(answer: SearchAnswer): Found {
  return {
    passages: answer.data.map((hit) => ({
      title: hit.attributes?.title ?? hit.filename,
      path: hit.attributes?.path ?? hit.filename,
      text: hit.content.map((part) => part.text).join("\n"),
    })),
    usage: {
      inputTokens: answer.usage?.inputTokens ?? 0,
      outputTokens: 0,
      costMicroUsd: answer.usage ? answer.usage.costMicroUsd : null,
      notional: answer.usage?.notional ?? false,
    },
  };
}

function toPrompt(answer: PromptAnswer): Prompt {
  return {
    system: answer.system,
    template: answer.template,
    // A prompt names its route as the catalog does (route:default/chat); a caller of the gateway says chat.
    model: answer.route?.split("/").at(-1) ?? defaultModel,
    topK: answer.retrieval?.topK ?? defaultTopK,
  };
}

async function* readText(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  for await (const data of readEvents(body)) {
    if (data === "[DONE]") return;
    const chunk = JSON.parse(data) as ChatChunk;
    if (chunk.error) throw unreachable(chunk.error.message ?? "the model's answer broke off");
    const text = chunk.choices?.[0]?.delta?.content;
    if (text) yield text;
  }
}

type Call = {
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

async function call(options: GatewayOptions, trace: Trace, request: Call): Promise<Response> {
  const { path, body, headers = {} } = request;
  const response = await options
    .fetch(new URL(path, options.url), {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Bearer ${options.key}`,
        traceparent: toTraceparent(trace),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    .catch((error: unknown) => {
      throw unreachable("it did not answer", error);
    });
  if (response.ok || response.status === 304) return response;
  throw await toRefusal(response);
}

/** The gateway's own words are passed on: it knows which budget refused and when that resets. */
async function toRefusal(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as {
    error?: { message?: string; code?: string | null };
    detail?: string;
    code?: string;
  };
  const message = body.error?.message ?? body.detail ?? `it answered ${response.status}`;
  const code = body.error?.code ?? body.code;
  const retryAfter = response.headers.get("retry-after");
  if (response.status === 429) {
    return new Problem({ status: 429, code: code ?? "limit_reached", message, retryAfter });
  }
  const refusal = unreachable(message);
  return new Problem({ status: 503, code: code ?? refusal.code, message: refusal.message, retryAfter });
}

function unreachable(why: string, cause?: unknown): Problem {
  return new Problem({
    status: 503,
    code: "gateway_unavailable",
    message: `The gateway cannot help right now: ${why}`,
    cause,
  });
}
