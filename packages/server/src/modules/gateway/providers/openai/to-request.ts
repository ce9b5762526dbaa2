import { removeMember, setMember } from "../../dataplane/json-members.ts";
import type { UpstreamRequest } from "../provider.ts";

export type OpenAiCall = {
  readonly operation: "chat" | "embeddings";
  /** The caller's body, valid JSON with an object on top. */
  readonly body: string;
  readonly providerModel: string;
  readonly stream: boolean;
  /** The caller's own `stream_options`, when it is an object. */
  readonly streamOptions: Readonly<Record<string, unknown>> | undefined;
  /** Sets the limit of generated tokens; undefined leaves the caller's in place. */
  readonly outputLimit: OutputLimit | undefined;
  readonly headers: Readonly<Record<string, string>>;
};
export type OutputLimit = {
  readonly field: "max_tokens" | "max_completion_tokens";
  readonly value: number;
};

/** The caller's bytes with the model's name replaced, usage asked for and the limit set; all else stays as it came:
 *  order, unknown fields, the digits of numbers. */
export function toOpenAiRequest(call: OpenAiCall): UpstreamRequest {
  let body = setMember(call.body, "model", JSON.stringify(call.providerModel));
  if (call.stream) {
    const options = { ...call.streamOptions, include_usage: true };
    body = setMember(body, "stream_options", JSON.stringify(options));
  }
  if (call.outputLimit) {
    body = setMember(body, call.outputLimit.field, String(call.outputLimit.value));
    const other = call.outputLimit.field === "max_tokens" ? "max_completion_tokens" : "max_tokens";
    body = removeMember(body, other);
  }
  const path = call.operation === "chat" ? "/chat/completions" : "/embeddings";
  return { path, headers: call.headers, body };
}
