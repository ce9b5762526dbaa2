import {
  formatEntityRef,
  InvalidError,
  normalizeRef,
  NotFoundError,
  PlatformError,
  type GoldenPathForm,
  type GoldenPathSummary,
  type Issue,
  type Plan,
  type RunView,
} from "@causeway/contract";
import type { Log } from "#platform/log";
import { assertAdmin, type Principal } from "../../http/principal.ts";
import { toFormPage, type FormPage } from "./form-pages.ts";
import { checkParameters, refFields, type Parameters } from "./parameters.ts";
import type { CatalogPort, RunsPort } from "./ports.ts";
import {
  namedSteps,
  noRuns,
  parseTemplate,
  toSummary,
  type RunCounts,
  type Template,
} from "./template.ts";
import { toFieldIssues, toPlan } from "./to-plan.ts";

export type ServiceDeps = {
  readonly catalog: CatalogPort;
  readonly runs: RunsPort;
  readonly log: Log;
};

export type MakePlan = {
  readonly name: string;
  readonly parameters: Parameters;
  readonly dryRun: boolean;
  readonly principal: Principal;
};

export type GoldenPathService = {
  list(): Promise<GoldenPathSummary[]>;
  get(name: string): Promise<GoldenPathForm>;
  plan(command: MakePlan): Promise<RunView>;
};

export function createService(deps: ServiceDeps): GoldenPathService {
  return {
    list: () => listPaths(deps),
    get: async (name) => {
      const template = await getTemplate(deps, name);
      const counts = await countRuns(deps);
      return {
        ...toSummary(template, counts.get(template.ref) ?? noRuns),
        pages: template.parameters.map(toFormPage),
        steps: namedSteps(template),
      };
    },
    plan: (command) => makePlan(deps, command),
  };
}

async function listPaths(deps: ServiceDeps): Promise<GoldenPathSummary[]> {
  const { catalog, log } = deps;
  const [entities, counts] = await Promise.all([
    catalog.list({ kind: "Template" }),
    countRuns(deps),
  ]);
  return entities
    .flatMap((entity) => {
      try {
        const template = parseTemplate(entity);
        return [toSummary(template, counts.get(template.ref) ?? noRuns)];
      } catch (error) {
        if (!(error instanceof PlatformError)) throw error;
        // One broken template must not hide the others; whoever opens it is told.
        log.warn({ template: entity.metadata.name, reason: error.message }, "template left out");
        return [];
      }
    })
    .toSorted((a, b) => a.title.localeCompare(b.title, "en"));
}

async function countRuns({ runs }: ServiceDeps): Promise<ReadonlyMap<string, RunCounts>> {
  const counts = await runs.countByTemplate();
  return new Map(counts.map(({ templateRef, ...numbers }) => [templateRef, numbers]));
}

async function getTemplate({ catalog }: ServiceDeps, name: string): Promise<Template> {
  const ref = formatEntityRef({ kind: "template", namespace: "default", name });
  const entity = await catalog.find(ref);
  if (entity) return parseTemplate(entity);
  const known = (await catalog.list({ kind: "Template" })).map((found) => found.metadata.name);
  throw new NotFoundError({
    code: "golden_path_not_found",
    message: `There is no golden path "${name}"`,
    fix: known.length === 0 ? "Register a template first." : `Choose one of: ${known.join(", ")}.`,
  });
}

async function makePlan(deps: ServiceDeps, command: MakePlan): Promise<RunView> {
  assertAdmin(command.principal);
  const template = await getTemplate(deps, command.name);
  const pages = template.parameters.map(toFormPage);
  const checked = checkParameters(pages, command.parameters);
  const referred = await checkRefs(deps, pages, checked.parameters);
  const issues = [...checked.issues, ...referred.issues];
  if (issues.length > 0) throw wrongParameters(template, issues);
  const plan = toPlan(template, referred.parameters);
  try {
    const { runs } = deps;
    return await (command.dryRun
      ? runs.previewOnly(plan, command.principal)
      : runs.submit(plan, command.principal));
  } catch (error) {
    throw asFieldError(error, plan, template);
  }
}

/** Fields of a picker must name something that exists; they go on as full refs. */
async function checkRefs(
  { catalog }: ServiceDeps,
  pages: readonly FormPage[],
  parameters: Parameters,
): Promise<{ parameters: Parameters; issues: Issue[] }> {
  const full: Record<string, Parameters[string]> = { ...parameters };
  const issues: Issue[] = [];
  for (const { name, defaultKind } of refFields(pages)) {
    const value = parameters[name];
    if (typeof value !== "string") continue;
    try {
      const ref = normalizeRef(value, { kind: defaultKind });
      full[name] = ref;
      if (await catalog.find(ref)) continue;
      issues.push({ path: name, message: `${ref} is not in the catalog` });
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      issues.push({ path: name, message: error.message });
    }
  }
  return { parameters: full, issues };
}

function wrongParameters(template: Template, issues: readonly Issue[]): InvalidError {
  return new InvalidError({
    code: "invalid_parameters",
    message: `${template.name}: ${issues.map(({ path, message }) => `${path} ${message}`).join("; ")}`,
    fix: "Mend the fields and send the form again; nothing was changed.",
    issues,
  });
}

/** A step's refusal that is about a form field becomes a complaint about that field; all others stay as they are. */
function asFieldError(error: unknown, plan: Plan, template: Template): unknown {
  if (!(error instanceof PlatformError)) return error;
  const step = plan.steps.find(({ id }) => id === error.extra["stepId"]);
  if (!step || error.issues.length === 0) return error;
  const issues = toFieldIssues(step, error.issues);
  if (!issues.every((issue, index) => issue !== error.issues[index])) return error;
  return new InvalidError({
    code: error.code,
    message: `${template.name}: ${issues.map(({ path, message }) => `${path}: ${message}`).join("; ")}`,
    ...(error.fix === undefined ? {} : { fix: error.fix }),
    issues,
    extra: error.extra,
    cause: error,
  });
}
