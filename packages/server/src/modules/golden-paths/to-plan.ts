import type { Issue, Plan, PlanStep } from "@causeway/contract";
import { isObject, type JsonValue } from "./form-pages.ts";
import type { Parameters } from "./parameters.ts";
import { namedSteps, type Template } from "./template.ts";

export const templateScheme = "golden-path:";

/** A template and its checked values as the plan that a run executes (I2): nothing of the template is looked up later
 *  but its files, and their state is part of the preview. */
export function toPlan(template: Template, parameters: Parameters): Plan {
  const names = namedSteps(template);
  const { name } = parameters;
  return {
    title: typeof name === "string" ? `${template.title}: ${name}` : template.title,
    parameters: { ...parameters },
    steps: template.steps.map((step, index) => {
      const named = names[index] ?? { id: `step-${index + 1}`, name: step.action };
      return {
        id: named.id,
        name: named.name,
        action: step.action,
        input: resolveUrl(template, step.action, step.input ?? {}),
        ...(step.if === undefined ? {} : { if: step.if }),
        ...(step.each === undefined ? {} : { each: step.each }),
      };
    }),
    output: { ...template.output },
    source: {
      templateRef: template.ref,
      templateVersion: template.version,
      baseUrl: `${templateScheme}${template.name}/`,
    },
  };
}

/** Fetch actions name files relative to their template. A step must say by itself where its files are, so the relative
 *  form becomes an absolute one here. */
function resolveUrl(
  template: Template,
  action: string,
  input: Readonly<Record<string, JsonValue>>,
): Record<string, JsonValue> {
  const { url } = input;
  const isRelative = typeof url === "string" && !/^[a-z][a-z0-9+.-]*:/i.test(url);
  if (!action.startsWith("fetch:") || !isRelative) return { ...input };
  return { ...input, url: `${templateScheme}${template.name}/${url.replace(/^\.\//, "")}` };
}

/** Complaints about a step's input, told as complaints about the form fields that the input was made from. */
export function toFieldIssues(step: PlanStep, issues: readonly Issue[]): Issue[] {
  return issues.map((issue) => {
    const field = fieldBehind(step.input, issue.path.split("."));
    return field === undefined ? issue : { path: field, message: issue.message };
  });
}

/** `documents` for the input `folder: ${{ parameters.documents }}`. */
function fieldBehind(
  input: Readonly<Record<string, JsonValue>>,
  path: readonly string[],
): string | undefined {
  let value: JsonValue | undefined = input;
  for (const part of path) {
    if (typeof value === "string" || value === undefined) break;
    value = isObject(value) ? value[part] : undefined;
  }
  if (typeof value !== "string") return undefined;
  return /\$\{\{\s*parameters\.([A-Za-z_][A-Za-z0-9_]*)/.exec(value)?.[1];
}
