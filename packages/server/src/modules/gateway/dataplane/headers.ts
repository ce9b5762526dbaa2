import { readHeader, type IncomingHeaders } from "./find-caller.ts";

/** What of a caller's headers a provider may see; everything else, above all credentials and cookies, stays here. */
const upstreamAllowed = ["openai-beta", "anthropic-beta", "anthropic-version", "tracestate"];

export type UpstreamHeaderParts = {
  readonly incoming: IncomingHeaders;
  readonly credential: string | undefined;
  readonly traceparent: string;
  readonly stream: boolean;
};

export function toUpstreamHeaders(parts: UpstreamHeaderParts): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": "application/json",
    accept: parts.stream ? "text/event-stream" : "application/json",
    // Answers are read here, so they come as they are.
    "accept-encoding": "identity",
    "user-agent": "causeway-gateway",
    traceparent: parts.traceparent,
  };
  if (parts.credential !== undefined) headers["authorization"] = `Bearer ${parts.credential}`;
  for (const name of upstreamAllowed) {
    const value = readHeader(parts.incoming, name);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

const answerAllowed = /^(?:retry-after|retry-after-ms|x-ratelimit-.*|openai-.*|anthropic-.*)$/;

/** What of a provider's answer the caller sees beside status and body. Its request id moves over, as `x-request-id` is ours. */
export function toAnswerHeaders(headers: IncomingHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = readHeader(headers, name);
    if (value !== undefined && answerAllowed.test(name)) kept[name] = value;
  }
  const upstreamId = readHeader(headers, "x-request-id") ?? readHeader(headers, "request-id");
  if (upstreamId !== undefined) kept["x-upstream-request-id"] = upstreamId;
  return kept;
}
