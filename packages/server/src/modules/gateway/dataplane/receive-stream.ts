import { initialStream, type StreamState, type UpstreamHeaders } from "../providers/provider.ts";
import {
  failed,
  isRetryable,
  readFailure,
  type Exchange,
  type ExchangeDeps,
  type ExchangeEnd,
  type Failure,
  type Receiver,
} from "./exchange.ts";

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
    const passage = createPassage(deps, relay, exchange);
    const parser = exchange.createParser();
    const refusal: Uint8Array[] = [];
    const parse = (chunk: Uint8Array) => {
      try {
        return parser.push(chunk);
      } catch {
        return undefined;
      }
    };
    return {
      data: (chunk) => {
        if (exchange.head().status !== 200) {
          refusal.push(chunk);
          return;
        }
        const events = parse(chunk);
        if (!events) {
          passage.fail(failed(502, "upstream_malformed", "The provider sent a frame without end"));
          return;
        }
        for (const { data } of events) if (passage.take(data) === "over") return;
      },
      finished: () => {
        const { status } = exchange.head();
        const body = Buffer.concat(refusal).toString("utf8");
        passage.fail(status === 200 ? passage.toCut() : readFailure(deps, status, body));
      },
      fail: passage.fail,
      left: () => exchange.end("left", passage.facts()),
    };
  };
}

function createPassage(deps: ExchangeDeps, relay: StreamRelay, exchange: Exchange) {
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
  const finish = (end: ExchangeEnd, lastFrame: string): void => {
    relay.settle(end);
    exchange.end(end.kind, end);
    deps.client.write(lastFrame);
    deps.client.end();
  };
  const fail = (failure: Failure): void => {
    if (hasBegun) finish(facts(failure), relay.toErrorFrame(failure));
    else exchange.end("failed", { failure });
  };
  const pass = (data: string): void => {
    if (!hasBegun) relay.begin(exchange.head().headers);
    hasBegun = true;
    if (deps.client.write(`data: ${data}\n\n`)) return;
    exchange.pause();
    deps.client.onceDrained(() => exchange.resume());
  };
  return {
    facts,
    fail,
    toCut: (): Failure =>
      hasBegun
        ? failed(502, "upstream_cut", "The provider's stream ended before it was done")
        : failed(502, "upstream_empty", "The provider's stream held nothing"),
    take: (data: string): "more" | "over" => {
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
        case "done":
          if (!hasBegun) return "more";
          finish(facts(), "data: [DONE]\n\n");
          return "over";
      }
    },
  };
}
