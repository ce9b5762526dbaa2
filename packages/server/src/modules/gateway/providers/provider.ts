import type { TokenCounts } from "@causeway/contract";

/** How a provider is reached. A provider is a folder of pure converters around one of these. */
export type Transport = {
  send(request: UpstreamRequest, events: UpstreamEvents): UpstreamControl;
  /** Hangs up what is still open. */
  close(): Promise<void>;
};

export type UpstreamRequest = {
  /** Below the provider's base URL, with a leading slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};
export type UpstreamHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Called in this order: head, data…, then end or failure, once. Nothing is called after `abort()`. */
export type UpstreamEvents = {
  head(status: number, headers: UpstreamHeaders): void;
  data(chunk: Uint8Array): void;
  end(): void;
  failure(error: Error): void;
};
export type UpstreamControl = { abort(): void; pause(): void; resume(): void };

/** Reads what a provider answers; each provider brings one. Lenient: an unknown shape is `undefined`, never a throw. */
export type AnswerReader = {
  readUsage(answer: unknown): TokenCounts | undefined;
  /** The text of an answer without usage, to estimate its tokens. */
  readText(answer: unknown): string;
  foldStream(state: StreamState, data: string): StreamStep;
  readFailure(status: number, body: string): ProviderFailure;
};

/** What is known of a stream so far; the relay keeps one a call. */
export type StreamState = {
  readonly usage: TokenCounts | undefined;
  /** Everything that was generated, as text, to estimate from when the stream breaks off. */
  readonly text: string;
};
export const initialStream: StreamState = { usage: undefined, text: "" };

export type StreamStep =
  /** `isUsageOnly`: exists only because we asked for usage. */
  | { readonly kind: "chunk"; readonly state: StreamState; readonly isUsageOnly: boolean }
  | { readonly kind: "done" }
  | { readonly kind: "error"; readonly failure: ProviderFailure }
  | { readonly kind: "malformed" };

/** A provider's refusal in OpenAI's words. */
export type ProviderFailure = {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
};
