import { InvalidError } from "@causeway/contract";
import type { OutputLimit } from "../providers/openai/to-request.ts";

/** What the gateway must know of a caller's body; the rest passes through unread. */
export type ModelCall = {
  readonly operation: "chat" | "embeddings";
  readonly model: string;
  readonly body: string;
  readonly parsed: Readonly<Record<string, unknown>>;
  readonly stream: boolean;
  readonly streamOptions: Readonly<Record<string, unknown>> | undefined;
  /** The caller wants the usage chunk itself. */
  readonly wantsUsage: boolean;
  readonly outputLimit: OutputLimit | undefined;
  readonly choices: number;
  /** Pictures, sound, files: their tokens have nothing to do with the bytes that name them. */
  readonly hasMedia: boolean;
};

export function readCall(operation: ModelCall["operation"], body: string): ModelCall {
  const parsed = parseObject(body);
  const model = parsed["model"];
  if (typeof model !== "string" || model === "") {
    throw wrong("model", "a text is needed: the name of a route, see GET /v1/models");
  }
  const stream = readFlag(parsed, "stream");
  const streamOptions = isObject(parsed["stream_options"]) ? parsed["stream_options"] : undefined;
  return {
    operation,
    model,
    body,
    parsed,
    stream: operation === "chat" && stream,
    streamOptions,
    wantsUsage: streamOptions?.["include_usage"] === true,
    outputLimit: readOutputLimit(parsed),
    choices: readCount(parsed, "n") ?? 1,
    hasMedia: operation === "chat" && hasMedia(parsed["messages"]),
  };
}

function parseObject(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidError({ code: "invalid_json", message: `The body is not JSON: ${reason}` });
  }
  if (isObject(value)) return value;
  throw new InvalidError({ code: "invalid_json", message: "The body must be a JSON object" });
}

/** The newer field wins where both are set, as with OpenAI. */
function readOutputLimit(parsed: Readonly<Record<string, unknown>>): OutputLimit | undefined {
  for (const field of ["max_completion_tokens", "max_tokens"] as const) {
    const value = readCount(parsed, field);
    if (value !== undefined) return { field, value };
  }
  return undefined;
}

function readCount(parsed: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = parsed[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw wrong(name, "a whole number above 0 is needed");
}

function readFlag(parsed: Readonly<Record<string, unknown>>, name: string): boolean {
  const value = parsed[name];
  if (value === undefined || value === null) return false;
  if (typeof value === "boolean") return value;
  throw wrong(name, "true or false is needed");
}

function hasMedia(messages: unknown): boolean {
  if (!Array.isArray(messages)) return false;
  return messages.some((message: unknown) => {
    const content = isObject(message) ? message["content"] : undefined;
    return (
      Array.isArray(content) &&
      content.some((part: unknown) => !isObject(part) || part["type"] !== "text")
    );
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(path: string, message: string): InvalidError {
  return new InvalidError({
    code: "invalid_request",
    message: `${path}: ${message}`,
    issues: [{ path, message }],
  });
}
