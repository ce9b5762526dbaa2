import { InvalidError, refOfEntity, type Entity, type GoldenPathSummary } from "@causeway/contract";
import { z } from "zod";
import type { JsonValue } from "./form-pages.ts";

/** The part of Backstage's `scaffolder.backstage.io/v1beta3` that we act on; unknown keys pass, as they do there. */
const templateStep = z.looseObject({
  id: z.string().optional(),
  name: z.string().optional(),
  action: z.string(),
  input: z.record(z.string(), z.json()).optional(),
  if: z.union([z.string(), z.boolean()]).optional(),
  each: z.json().optional(),
});
const jsonSchema = z.record(z.string(), z.json());
const templateSpec = z.looseObject({
  type: z.string(),
  owner: z.string().optional(),
  parameters: z.union([z.array(jsonSchema), jsonSchema]).optional(),
  steps: z.array(templateStep).min(1),
  output: z.record(z.string(), z.json()).optional(),
});

export type TemplateStep = z.infer<typeof templateStep>;
export type Template = {
  readonly ref: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly type: string;
  readonly owner: string | null;
  readonly version: string;
  readonly need: string;
  readonly tags: readonly string[];
  /** One JSON Schema a form page. */
  readonly parameters: readonly Readonly<Record<string, JsonValue>>[];
  readonly steps: readonly TemplateStep[];
  readonly output: Readonly<Record<string, JsonValue>>;
};

const versionAnnotation = "causeway.dev/version";
const needAnnotation = "causeway.dev/need";

/** Reads a Template entity of the catalog. Throws `invalid_template` with one issue a wrong field. */
export function parseTemplate(entity: Entity): Template {
  const spec = parseSpec(entity);
  const { metadata } = entity;
  const { parameters = [], output = {} } = spec;
  const title = metadata.title ?? metadata.name;
  return {
    ref: refOfEntity(entity),
    name: metadata.name,
    title,
    description: metadata.description ?? "",
    type: spec.type,
    owner: spec.owner ?? null,
    version: metadata.annotations?.[versionAnnotation] ?? "unversioned",
    need: metadata.annotations?.[needAnnotation] ?? title,
    tags: metadata.tags ?? [],
    parameters: Array.isArray(parameters) ? parameters : [parameters],
    steps: spec.steps,
    output,
  };
}

function parseSpec(entity: Entity): z.infer<typeof templateSpec> {
  const spec = templateSpec.safeParse(entity.spec);
  if (spec.success) return spec.data;
  const issues = spec.error.issues.map((issue) => ({
    path: ["spec", ...issue.path].join("."),
    message: issue.message,
  }));
  throw new InvalidError({
    code: "invalid_template",
    message: `The golden path ${entity.metadata.name} cannot be used: ${issues[0]?.path} ${issues[0]?.message}`,
    fix: "Mend its template.yaml and register it again.",
    issues,
  });
}

/** Backstage's defaults: `step-N` counted from 1, and the action's id as name. */
export function namedSteps(template: Template): { id: string; name: string; action: string }[] {
  return template.steps.map((step, index) => ({
    id: step.id ?? `step-${index + 1}`,
    name: step.name ?? step.action,
    action: step.action,
  }));
}

export type RunCounts = GoldenPathSummary["runs"];
export const noRuns: RunCounts = { total: 0, succeeded: 0, failed: 0 };

export function toSummary(template: Template, runs: RunCounts): GoldenPathSummary {
  const { ref, name, title, description, type, owner, version, need } = template;
  return {
    ref,
    name,
    title,
    description,
    type,
    owner,
    version,
    need,
    tags: [...template.tags],
    runs,
  };
}
