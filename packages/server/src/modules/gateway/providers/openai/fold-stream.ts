import type { StreamState, StreamStep } from "../provider.ts";
import { toFailure } from "./error.ts";
import { listOf, memberOf, readText, readUsage } from "./from-response.ts";

/** One `data:` of a chat stream. */
export function foldStream(state: StreamState, data: string): StreamStep {
  if (data.trim() === "[DONE]") return { kind: "done" };
  const chunk = parseObject(data);
  if (!chunk) return { kind: "malformed" };
  const error = memberOf(chunk, "error");
  if (error) return { kind: "error", failure: toFailure(502, error) };
  const usage = readUsage(chunk);
  return {
    kind: "chunk",
    state: { usage: usage ?? state.usage, text: state.text + readText(chunk) },
    isUsageOnly: usage !== undefined && listOf(memberOf(chunk, "choices")).length === 0,
  };
}

function parseObject(data: string): object | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
