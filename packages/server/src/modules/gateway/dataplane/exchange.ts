import type { TokenCounts } from "@causeway/contract";
import { createSseParser } from "#platform/sse-parse";
import type {
  AnswerReader,
  ProviderFailure,
  StreamState,
  Transport,
  UpstreamControl,
  UpstreamHeaders,
  UpstreamRequest,
} from "../providers/provider.ts";
import { initialStream } from "../providers/provider.ts";
import type { ClientResponse } from "./client-response.ts";

export type Patience = {
  /** Until the first data of an answer. */
  readonly firstTokenMs: number;
  /** Between two pieces of it. */
  readonly idleMs: number;
};

/** How one attempt at one target ended, and what is known of its cost. */
export type ExchangeEnd = {
  /** `answered`: to its end. `broken`: after bytes had gone to the caller. `failed`: before. `left`: the caller went. */
  readonly kind: "answered" | "broken" | "failed" | "left";
  readonly status: number;
  readonly failure: Failure | undefined;
  readonly usage: TokenCounts | undefined;
  /** Generated text that the caller was given, to estimate from where usage is missing. */
  readonly text: string;
  readonly ttftMs: number | null;
  readonly headers: UpstreamHeaders;
};
export type Failure = ProviderFailure & {
  /** Another target may do better: overload, outage, silence; never a wrong request. */
  readonly isRetryable: boolean;
};

export type ExchangeDeps = {
  readonly transport: Transport;
  readonly reader: AnswerReader;
  readonly client: ClientResponse;
  readonly patience: Patience;
  /** Ends the whole call, over all attempts. */
  readonly deadline: AbortSignal;
  readonly now: () => number;
  readonly onMalformedFrame: () => void;
};

const lingerMs = 2_000;
export const maxAnswerBytes = 64 * 1024 * 1024;

export function failed(status: number, code: string, message: string): Failure {
  return {
    status,
    code,
    message,
    type: "server_error",
    param: null,
    isRetryable: isRetryable(status),
  };
}

export function isRetryable(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Sends the request and guards it: first answer, silence, deadline. `receive` gets what comes; whoever decides calls `end`
 *  once, and everything that arrives later is dropped. */
export function startExchange(
  deps: ExchangeDeps,
  request: UpstreamRequest,
  receive: (exchange: Exchange) => Receiver,
): Promise<ExchangeEnd> {
  return new Promise((resolve) => {
    const started = deps.now();
    let control: UpstreamControl | undefined;
    let lingering: NodeJS.Timeout | undefined;
    let isOver = false;
    let head: { status: number; headers: UpstreamHeaders } = { status: 0, headers: {} };
    const timer = setTimeout(() => onSilence(), deps.patience.firstTokenMs);
    const end = (kind: ExchangeEnd["kind"], facts: Partial<ExchangeEnd> = {}): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      clearTimeout(exchange.idleTimer);
      deps.deadline.removeEventListener("abort", onDeadline);
      deps.client.whenGone(undefined);
      if (kind !== "answered") control?.abort();
      // Done, but the provider may keep the line open; one that ends by itself is used again.
      else lingering = setTimeout(() => control?.abort(), lingerMs).unref();
      const unknown = { failure: undefined, usage: undefined, text: "", ttftMs: null };
      resolve({ ...unknown, ...head, ...facts, kind });
    };
    const exchange: Exchange = {
      end,
      head: () => head,
      elapsed: () => deps.now() - started,
      idleTimer: undefined,
      pause: () => {
        // While the caller cannot take more, silence is not the provider's.
        clearTimeout(exchange.idleTimer);
        control?.pause();
      },
      resume: () => {
        if (isOver) return;
        exchange.idleTimer?.refresh();
        control?.resume();
      },
    };
    const receiver = receive(exchange);
    const onSilence = (): void =>
      receiver.fail(
        failed(
          504,
          "upstream_timeout",
          `The provider gave no answer for ${deps.patience.firstTokenMs} ms`,
        ),
      );
    const onDeadline = (): void =>
      receiver.fail({
        ...failed(504, "deadline_exceeded", "The call took longer than this gateway allows"),
        isRetryable: false,
      });
    deps.deadline.addEventListener("abort", onDeadline);
    deps.client.whenGone(() => receiver.left());
    if (deps.client.isGone()) return end("left");
    if (deps.deadline.aborted) return onDeadline();
    control = deps.transport.send(request, {
      head: (status, headers) => {
        head = { status, headers };
      },
      data: (chunk) => {
        if (isOver) return;
        clearTimeout(timer);
        exchange.idleTimer ??= setTimeout(() => {
          receiver.fail(
            failed(
              504,
              "upstream_stalled",
              `The provider fell silent for ${deps.patience.idleMs} ms`,
            ),
          );
        }, deps.patience.idleMs);
        exchange.idleTimer.refresh();
        receiver.data(chunk);
      },
      end: () => {
        if (!isOver) receiver.finished();
        clearTimeout(lingering);
      },
      failure: (error) => {
        clearTimeout(lingering);
        if (!isOver) receiver.fail(failed(502, "upstream_unreachable", messageOf(error)));
      },
    });
  });
}

export type Exchange = {
  end(kind: ExchangeEnd["kind"], facts?: Partial<ExchangeEnd>): void;
  head(): { readonly status: number; readonly headers: UpstreamHeaders };
  elapsed(): number;
  idleTimer: NodeJS.Timeout | undefined;
  pause(): void;
  resume(): void;
};
export type Receiver = {
  data(chunk: Uint8Array): void;
  finished(): void;
  fail(failure: Failure): void;
  left(): void;
};

/** Only the kind of trouble: addresses of providers are nobody's business out here. */
function messageOf(error: Error): string {
  const code = "code" in error && typeof error.code === "string" ? ` (${error.code})` : "";
  return `The connection to the provider failed${code}`;
}

/** Gathers an answer that is not a stream. A caller who leaves does not stop it: the provider charges for it anyway, and so
 *  its true usage is read and settled. */
export function receiveWhole(deps: ExchangeDeps, onAnswer: (body: Buffer) => void) {
  return (exchange: Exchange): Receiver => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const fail = (failure: Failure): void => exchange.end("failed", { failure });
    return {
      data: (chunk) => {
        chunks.push(chunk);
        bytes += chunk.byteLength;
        if (bytes > maxAnswerBytes) {
          fail(failed(502, "upstream_answer_too_large", "The provider's answer is too large"));
        }
      },
      finished: () => {
        const { status } = exchange.head();
        const body = Buffer.concat(chunks);
        if (status !== 200) return fail(readFailure(deps, status, body.toString("utf8")));
        const answer = parseJson(body.toString("utf8"));
        if (typeof answer !== "object" || answer === null) {
          return fail(failed(502, "upstream_malformed", "The provider's answer is not JSON"));
        }
        if ("error" in answer && answer.error) {
          return fail(readFailure(deps, 502, body.toString("utf8")));
        }
        exchange.end("answered", {
          usage: deps.reader.readUsage(answer),
          text: deps.reader.readText(answer),
        });
        onAnswer(body);
      },
      fail,
      left: () => {},
    };
  };
}

export type StreamRelay = {
  /** The caller asked for the usage chunk. */
  readonly wantsUsage: boolean;
  /** Writes the head; called before the first chunk and not before. */
  begin(headers: UpstreamHeaders): void;
  /** Called before the last bytes go out, so that who sees the end also finds the settlement. */
  settle(end: ExchangeEnd): void;
  /** An error in the stream's own words. */
  toErrorFrame(failure: Failure): string;
};

/** Passes a stream on, frame by frame and unchanged. Nothing goes out before the first frame has come, so that until then
 *  another target can take over; afterwards a failure is told in the stream and the stream ends without `[DONE]`. */
export function receiveStream(deps: ExchangeDeps, relay: StreamRelay) {
  return (exchange: Exchange): Receiver => {
    const parser = createSseParser();
    const refusal: Uint8Array[] = [];
    let state: StreamState = initialStream;
    let hasBegun = false;
    let ttftMs: number | null = null;

    const facts = (failure?: Failure): ExchangeEnd => ({
      kind: failure ? "broken" : "answered",
      ...exchange.head(),
      failure,
      usage: state.usage,
      text: state.text,
      ttftMs,
    });
    const fail = (failure: Failure): void => {
      if (!hasBegun) return exchange.end("failed", { failure });
      const end = facts(failure);
      relay.settle(end);
      exchange.end("broken", end);
      deps.client.write(relay.toErrorFrame(failure));
      deps.client.end();
    };
    const pass = (data: string): void => {
      if (!hasBegun) relay.begin(exchange.head().headers);
      hasBegun = true;
      if (deps.client.write(`data: ${data}\n\n`)) return;
      exchange.pause();
      deps.client.onceDrained(exchange.resume);
    };
    const take = (data: string): "more" | "over" => {
      const step = deps.reader.foldStream(state, data);
      switch (step.kind) {
        case "malformed":
          deps.onMalformedFrame();
          return "more";
        case "error":
          fail({ ...step.failure, isRetryable: isRetryable(step.failure.status) });
          return "over";
        case "chunk":
          if (ttftMs === null && step.state.text !== "") ttftMs = exchange.elapsed();
          state = step.state;
          if (!step.isUsageOnly || relay.wantsUsage) pass(data);
          return "more";
        case "done": {
          if (!hasBegun) return "more";
          const end = facts();
          relay.settle(end);
          exchange.end("answered", end);
          deps.client.write("data: [DONE]\n\n");
          deps.client.end();
          return "over";
        }
      }
    };
    return {
      data: (chunk) => {
        if (exchange.head().status !== 200) {
          refusal.push(chunk);
          return;
        }
        try {
          for (const event of parser.push(chunk)) if (take(event.data) === "over") return;
        } catch {
          fail(failed(502, "upstream_malformed", "The provider sent a frame that is too large"));
        }
      },
      finished: () => {
        const { status } = exchange.head();
        if (status !== 200) {
          return fail(readFailure(deps, status, Buffer.concat(refusal).toString("utf8")));
        }
        fail(
          hasBegun
            ? failed(502, "upstream_cut", "The provider's stream ended before it was done")
            : failed(502, "upstream_empty", "The provider's stream held nothing"),
        );
      },
      fail,
      left: () => {
        const end = facts();
        exchange.end("left", end);
      },
    };
  };
}

/** A provider's refusal. Its view of our credentials is our fault, not the caller's; a redirect is not followed. */
function readFailure(deps: ExchangeDeps, status: number, body: string): Failure {
  if (status === 401 || status === 403) {
    return failed(
      502,
      "provider_credential_refused",
      "The provider refuses the gateway's credential",
    );
  }
  if (status < 400) {
    return failed(
      502,
      "upstream_redirected",
      `The provider answered with status ${status}, which is not followed`,
    );
  }
  return { ...deps.reader.readFailure(status, body), isRetryable: isRetryable(status) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
