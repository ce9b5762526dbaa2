import type { Json, JsonObject, SavedStep } from "@causeway/contract";
import type { RegisteredAction } from "./registry.ts";

/** What of a step's input may hold expressions. */
export function templatedInput(
  step: SavedStep,
  registered: RegisteredAction | undefined,
): Record<string, Json> {
  const literal = registered?.action.literalInput ?? [];
  const members = Object.entries<Json>(step.input);
  return Object.fromEntries(members.filter(([key]) => !literal.includes(key)));
}

/** The rendered input with its literal members as they were written. */
export function withLiteralInput(
  rendered: Json | undefined,
  step: SavedStep,
  registered: RegisteredAction,
): JsonObject {
  const literal = registered.action.literalInput ?? [];
  const members = Object.entries<Json>(step.input).filter(([key]) => literal.includes(key));
  return { ...(rendered as JsonObject), ...Object.fromEntries(members) }; // rendering keeps an object an object
}
