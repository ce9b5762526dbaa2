import type { TokenCounts } from "@causeway/contract";
import { z } from "zod";

const tokens = z.int().nonnegative();
const withUsage = z.looseObject({
  usage: z.looseObject({ prompt_tokens: tokens, completion_tokens: tokens.optional() }),
});

/** Embeddings name no completion tokens. */
export function readUsage(answer: unknown): TokenCounts | undefined {
  const parsed = withUsage.safeParse(answer);
  if (!parsed.success) return undefined;
  const { prompt_tokens, completion_tokens = 0 } = parsed.data.usage;
  return { inputTokens: prompt_tokens, outputTokens: completion_tokens };
}

/** All text that the choices of an answer or a chunk carry: what was said, thought, refused, and arguments of tools. */
export function readText(answer: unknown): string {
  let text = "";
  for (const choice of listOf(memberOf(answer, "choices"))) {
    const said = memberOf(choice, "delta") ?? memberOf(choice, "message");
    for (const field of ["content", "reasoning_content", "reasoning", "refusal"]) {
      const value = memberOf(said, field);
      if (typeof value === "string") text += value;
    }
    for (const call of listOf(memberOf(said, "tool_calls"))) {
      const asked = memberOf(call, "function");
      for (const field of ["name", "arguments"]) {
        const value = memberOf(asked, field);
        if (typeof value === "string") text += value;
      }
    }
  }
  return text;
}

export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
