import type { Transport, UpstreamEvents, UpstreamRequest } from "../provider.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizer.ts";
import { answerChat, answerEmbeddings, type LocalAnswer } from "./respond.ts";
import { toChatCompletion, toChatFrames, toEmbeddingList, toErrorBody } from "./to-wire.ts";

export { countTurns } from "./respond.ts";

export type LocalTransportDeps = {
  readonly now: () => Date;
  readonly newId: (prefix: string) => string;
};

/** The offline stand-ins, in this process but behind the same wire as any provider: the relay knows no difference. */
export function createLocalTransport(deps: LocalTransportDeps): Transport {
  return {
    send: (request, events) => {
      const flow = createFlow();
      respond(request, { ...deps, events, flow }).catch((error: unknown) => {
        if (!flow.isAborted())
          events.failure(error instanceof Error ? error : new Error(String(error)));
      });
      return { abort: flow.abort, pause: flow.pause, resume: flow.resume };
    },
    close: async () => {},
  };
}

type Exchange = LocalTransportDeps & { readonly events: UpstreamEvents; readonly flow: Flow };

async function respond(request: UpstreamRequest, exchange: Exchange): Promise<void> {
  const tokenizer = await loadTokenizer();
  // Never inside send(): the relay must hold the control before the first event.
  await nextTurn();
  const body = JSON.parse(request.body) as Readonly<Record<string, unknown>>; // the relay parsed it before
  const answer = answerRequest(request.path, body, tokenizer);
  if (exchange.flow.isAborted()) return;
  if (answer.kind === "chat" && body["stream"] === true) {
    await stream(answer, body, exchange);
    return;
  }
  exchange.events.head(answer.kind === "refusal" ? 400 : 200, json);
  exchange.events.data(new TextEncoder().encode(toBody(answer, body, exchange)));
  exchange.events.end();
}

const json = { "content-type": "application/json" };

function answerRequest(path: string, body: unknown, tokenizer: Tokenizer): LocalAnswer {
  return path === "/embeddings" ? answerEmbeddings(body, tokenizer) : answerChat(body, tokenizer);
}

function toBody(
  answer: LocalAnswer,
  body: Readonly<Record<string, unknown>>,
  exchange: Exchange,
): string {
  switch (answer.kind) {
    case "chat":
      return toChatCompletion(answer, contextOf(body, exchange));
    case "embeddings":
      return toEmbeddingList(answer, String(body["model"]));
    case "refusal":
      return toErrorBody(answer.message, answer.param);
  }
}

async function stream(
  answer: Extract<LocalAnswer, { kind: "chat" }>,
  body: Readonly<Record<string, unknown>>,
  { events, flow, ...deps }: Exchange,
): Promise<void> {
  const options = body["stream_options"] as { include_usage?: unknown } | null | undefined; // read, never trusted
  const encoder = new TextEncoder();
  events.head(200, { "content-type": "text/event-stream" });
  const context = contextOf(body, deps);
  for (const frame of toChatFrames(answer, context, options?.include_usage === true)) {
    if (!(await flow.mayGoOn())) return;
    events.data(encoder.encode(frame));
    // One frame a turn of the loop: other callers are served between two tokens, and a leaving one is noticed.
    await nextTurn();
  }
  if (!flow.isAborted()) events.end();
}

function contextOf(body: Readonly<Record<string, unknown>>, deps: LocalTransportDeps) {
  return {
    id: deps.newId("chatcmpl"),
    created: Math.floor(deps.now().getTime() / 1000),
    model: String(body["model"]),
  };
}

type Flow = ReturnType<typeof createFlow>;

function createFlow() {
  let isAborted = false;
  let paused: PromiseWithResolvers<void> | undefined;
  return {
    isAborted: () => isAborted,
    abort: () => {
      isAborted = true;
      paused?.resolve();
    },
    pause: () => {
      paused ??= Promise.withResolvers<void>();
    },
    resume: () => {
      paused?.resolve();
      paused = undefined;
    },
    /** Waits while paused; false once aborted. */
    mayGoOn: async () => {
      await paused?.promise;
      return !isAborted;
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
