import { createSseParser } from "#platform/sse-parse";
import type { UpstreamControl, UpstreamRequest } from "../providers/provider.ts";
import {
  failed,
  type Exchange,
  type ExchangeDeps,
  type ExchangeEnd,
  type Failure,
  type Receiver,
} from "./exchange.ts";

/** A provider that is done may keep the line open; one that ends by itself within this is used again. */
const lingerMs = 2_000;

/** Sends the request and guards it: first answer, silence, deadline. `receive` gets what comes; whoever decides calls `end`
 *  once, and everything that arrives later is dropped. */
export function startExchange(
  deps: ExchangeDeps,
  request: UpstreamRequest,
  receive: (exchange: Exchange) => Receiver,
): Promise<ExchangeEnd> {
  return new Promise((resolve) => {
    const started = performance.now();
    const line: Line = { control: undefined, isOver: false, head: { status: 0, headers: {} } };
    const silence = createSilenceTimer();
    const exchange: Exchange = {
      createParser: createSseParser,
      head: () => line.head,
      elapsed: () => performance.now() - started,
      end: (kind, facts = {}) => {
        if (line.isOver) return;
        line.isOver = true;
        silence.stop();
        deps.deadline.removeEventListener("abort", onDeadline);
        deps.client.whenGone(undefined);
        if (kind === "answered") line.lingering = setTimeout(() => hangUp(line), lingerMs).unref();
        else hangUp(line);
        const unknown = { failure: undefined, usage: undefined, text: "", ttftMs: null };
        resolve({ ...unknown, ...line.head, ...facts, kind });
      },
      pause: () => {
        // While the caller cannot take more, silence is not the provider's.
        silence.stop();
        line.control?.pause();
      },
      resume: () => {
        if (line.isOver) return;
        silence.start(deps.patience.idleMs, onStall);
        line.control?.resume();
      },
    };
    const receiver = receive(exchange);
    const onDeadline = (): void => receiver.fail(deadlineFailure);
    const onStall = (): void => receiver.fail(toStall(deps.patience.idleMs));
    deps.deadline.addEventListener("abort", onDeadline);
    deps.client.whenGone(() => receiver.left());
    if (deps.client.isGone()) return exchange.end("left");
    if (deps.deadline.aborted) return onDeadline();
    silence.start(deps.patience.firstTokenMs, () =>
      receiver.fail(toTimeout(deps.patience.firstTokenMs)),
    );
    listen(deps, request, {
      line,
      receiver,
      heard: () => silence.heard(deps.patience.idleMs, onStall),
    });
  });
}

type Line = {
  control: UpstreamControl | undefined;
  isOver: boolean;
  head: ReturnType<Exchange["head"]>;
  lingering?: NodeJS.Timeout;
};

function hangUp(line: Line): void {
  line.control?.abort();
}

type Listening = { readonly line: Line; readonly receiver: Receiver; readonly heard: () => void };

function listen(
  deps: ExchangeDeps,
  request: UpstreamRequest,
  { line, receiver, heard }: Listening,
): void {
  line.control = deps.transport.send(request, {
    head: (status, headers) => {
      line.head = { status, headers };
    },
    data: (chunk) => {
      if (line.isOver) return;
      heard();
      receiver.data(chunk);
    },
    end: () => {
      clearTimeout(line.lingering);
      if (!line.isOver) receiver.finished();
    },
    failure: (error) => {
      clearTimeout(line.lingering);
      if (!line.isOver) receiver.fail(toConnectionFailure(error));
    },
  });
}

/** One timer an exchange, moved on with each chunk instead of made anew. */
function createSilenceTimer() {
  let timer: NodeJS.Timeout | undefined;
  let isIdle = false;
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const start = (ms: number, onSilence: () => void): void => {
    stop();
    timer = setTimeout(onSilence, ms);
  };
  return {
    start,
    stop,
    /** From the first chunk on the shorter patience between chunks counts. */
    heard: (idleMs: number, onStall: () => void): void => {
      if (isIdle) timer?.refresh();
      else start(idleMs, onStall);
      isIdle = true;
    },
  };
}

const deadlineFailure: Failure = {
  ...failed(504, "deadline_exceeded", "The call took longer than this gateway allows"),
  isRetryable: false,
};

function toTimeout(ms: number): Failure {
  return failed(504, "upstream_timeout", `The provider gave no answer for ${ms} ms`);
}

function toStall(ms: number): Failure {
  return failed(504, "upstream_stalled", `The provider fell silent for ${ms} ms`);
}

/** Only the kind of trouble: addresses of providers are nobody's business out here. */
function toConnectionFailure(error: Error): Failure {
  const code = "code" in error && typeof error.code === "string" ? ` (${error.code})` : "";
  return failed(502, "upstream_unreachable", `The connection to the provider failed${code}`);
}
