import type { TokenCounts } from "@causeway/contract";
import type {
  AnswerReader,
  ProviderFailure,
  Transport,
  UpstreamHeaders,
} from "../providers/provider.ts";
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
  readonly onMalformedFrame: () => void;
};

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

export type Exchange = {
  /** Of platform/sse-parse. */
  readonly createParser: () => EventParser;
  end(kind: ExchangeEnd["kind"], facts?: Partial<ExchangeEnd>): void;
  head(): { readonly status: number; readonly headers: UpstreamHeaders };
  elapsed(): number;
  pause(): void;
  resume(): void;
};
type EventParser = { push(chunk: Uint8Array): readonly { readonly data: string }[] };
export type Receiver = {
  data(chunk: Uint8Array): void;
  finished(): void;
  fail(failure: Failure): void;
  left(): void;
};

/** A provider's refusal. Its view of our credentials is our fault, not the caller's; a redirect is not followed. */
export function readFailure(deps: ExchangeDeps, status: number, body: string): Failure {
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

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
