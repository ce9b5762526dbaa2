import {
  costMicroUsd,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  type SnapshotKey,
  type SnapshotRoute,
  type SnapshotTarget,
  type TokenCounts,
} from "@causeway/contract";
import type { OutputLimit } from "../providers/openai/to-request.ts";
import type { ModelCall } from "./read-call.ts";
import { isAllowed, type Tables } from "./snapshot-tables.ts";

export type Attempt = {
  readonly number: number;
  readonly target: SnapshotTarget;
  /** Sent to the provider, so that the worst case holds; undefined leaves the caller's field alone. */
  readonly outputLimit: OutputLimit | undefined;
  readonly maxOutputTokens: number;
};

/** The route that a key may call by this name; throws the refusal that says why not. */
export function findRoute(tables: Tables, key: SnapshotKey, call: ModelCall): SnapshotRoute {
  const route = tables.routes.get(call.model);
  if (!route) {
    throw new NotFoundError({
      code: "model_not_found",
      message: `There is no model "${call.model}" here`,
      fix: "GET /v1/models lists what this key may use.",
      issues: [{ path: "model", message: "unknown" }],
    });
  }
  if (!isAllowed(key.routes, route.ref)) {
    throw new ForbiddenError({
      code: "model_not_allowed",
      message: `The key "${key.name}" may not use the model "${call.model}"`,
      fix: `Ask the owner of the key, ${key.owner}, for the route ${route.ref}.`,
      issues: [{ path: "model", message: "not allowed" }],
    });
  }
  const purpose = call.operation === "chat" ? "chat" : "embedding";
  if (route.purpose !== purpose) {
    throw new InvalidError({
      code: "wrong_purpose",
      message: `The model "${call.model}" is for ${route.purpose}, not for ${purpose}`,
      issues: [{ path: "model", message: `is for ${route.purpose}` }],
    });
  }
  return route;
}

/** Targets in the order we try them. A key with a budget never goes to a target whose price nobody knows: its spend
 *  could not be held under the cap (I8, I12). */
export function planAttempts(route: SnapshotRoute, key: SnapshotKey, call: ModelCall): Attempt[] {
  const isCapped = key.budgetId !== null;
  const usable = route.targets.filter((target) => !isCapped || target.price !== null);
  if (usable.length > 0) {
    return usable.map((target, index) => toAttempt(target, index + 1, { call, isCapped }));
  }
  if (route.targets.length === 0) {
    throw new NotFoundError({
      code: "route_without_target",
      message: `The route ${route.ref} has no target that exists`,
      fix: "Its owner must name a Model whose Provider exists.",
    });
  }
  throw new ForbiddenError({
    code: "price_unknown",
    message: `No model behind "${route.name}" has a known price, and the key "${key.name}" has a budget: its spend could not be held under the cap`,
    fix: `Declare the price of ${route.targets.map((target) => target.model).join(" or ")}.`,
  });
}

function toAttempt(
  target: SnapshotTarget,
  number: number,
  { call, isCapped }: { readonly call: ModelCall; readonly isCapped: boolean },
): Attempt {
  const asked = call.outputLimit?.value ?? target.maxOutputTokens;
  const maxOutputTokens = Math.min(asked, target.maxOutputTokens);
  // Without a cap nothing depends on the limit, and the fewer fields we touch the better.
  const mustSet =
    isCapped && call.operation === "chat" && call.outputLimit?.value !== maxOutputTokens;
  const field = call.outputLimit?.field ?? "max_completion_tokens";
  return {
    number,
    target,
    maxOutputTokens,
    outputLimit: mustSet ? { field, value: maxOutputTokens } : undefined,
  };
}

export type WorstCase = {
  readonly tokens: TokenCounts;
  readonly costMicroUsd: number | null;
  /** Work of our own process whose answer is given whole: cut off by a crash, it reached nobody and cost nothing. */
  readonly isLostUnspent: boolean;
};

/** The most that an attempt can cost. `exactInput` is known where the provider is ours; elsewhere a byte is the least that
 *  a token stands for, and no input is longer than the model's context. */
export function worstCaseOf(
  call: ModelCall,
  attempt: Attempt,
  exactInput: number | undefined,
): WorstCase {
  const { target } = attempt;
  const bytes = call.hasMedia ? target.contextTokens : utf8Length(call.body);
  const tokens = {
    inputTokens: exactInput ?? Math.min(bytes, target.contextTokens),
    outputTokens: call.operation === "chat" ? attempt.maxOutputTokens * call.choices : 0,
  };
  return {
    tokens,
    costMicroUsd: target.price && costMicroUsd(tokens, target.price),
    isLostUnspent: exactInput !== undefined && !call.stream,
  };
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
