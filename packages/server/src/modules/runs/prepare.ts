import type { Issue, SavedStep } from "@causeway/contract";
import { isTruthy, renderValue, type ExpressionContext } from "./expressions.ts";
import { templatedInput, withLiteralInput } from "./literal-input.ts";
import type { ActionRegistry, RegisteredAction } from "./registry.ts";

export type Prepared =
  | { readonly kind: "skip" }
  | { readonly kind: "run"; readonly registered: RegisteredAction; readonly input: unknown }
  | { readonly kind: "invalid"; readonly issues: readonly Issue[] };

/** A step with all that is known now: skipped by its `if`, ready with a checked input, or wrong. */
export function prepareStep(
  step: SavedStep,
  context: ExpressionContext,
  registry: ActionRegistry,
): Prepared {
  const path = `steps.${step.id}`;
  if (step.if !== undefined) {
    const condition = renderValue(step.if, context, `${path}.if`);
    if (condition.issues.length > 0) return { kind: "invalid", issues: condition.issues };
    if (!isTruthy(condition.value)) return { kind: "skip" };
  }
  const registered = registry.find(step.action, step.version);
  if (!registered) {
    const message = `${step.action}@${step.version} is not part of this release any more`;
    return { kind: "invalid", issues: [{ path: `${path}.action`, message }] };
  }
  const rendered = renderValue(templatedInput(step, registered), context, `${path}.input`);
  if (rendered.issues.length > 0) return { kind: "invalid", issues: rendered.issues };
  return checkInput(step, registered, withLiteralInput(rendered.value, step, registered));
}

export function checkInput(
  step: SavedStep,
  registered: RegisteredAction,
  input: unknown,
): Prepared {
  const parsed = registered.action.input.safeParse(input);
  if (parsed.success) return { kind: "run", registered, input: parsed.data };
  const issues = parsed.error.issues.map((issue) => ({
    path: ["steps", step.id, "input", ...issue.path.map(String)].join("."),
    message: issue.message,
  }));
  return { kind: "invalid", issues };
}
