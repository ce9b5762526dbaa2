import {
  ourKinds,
  parseUsd,
  refOfEntity,
  type Entity,
  type GatewaySnapshot,
  type ModelSpec,
  type SnapshotBudget,
  type SnapshotKey,
  type SnapshotPrompt,
  type SnapshotProvider,
  type SnapshotRoute,
  type SnapshotTarget,
} from "@causeway/contract";

export type SnapshotSources = {
  readonly providers: readonly Entity[];
  readonly models: readonly Entity[];
  readonly routes: readonly Entity[];
  readonly budgets: readonly Entity[];
  readonly keys: readonly SnapshotKey[];
  readonly prompts: readonly SnapshotPrompt[];
};
export type SnapshotContent = Omit<GatewaySnapshot, "version" | "builtAt">;

/** The tables that every gateway works from. An entity that is not usable is left out and named in `faults`; one bad file
 *  must not stop the calls that do not need it. Sorted, so that the same truth has the same hash. */
export function toSnapshotContent(sources: SnapshotSources): {
  readonly content: SnapshotContent;
  readonly faults: readonly string[];
} {
  const faults: string[] = [];
  const providers = sources.providers.flatMap((entity) => toProvider(entity, faults));
  const models = new Map(sources.models.flatMap((entity) => toModel(entity, faults)));
  const knownProviders = new Set(providers.map((provider) => provider.ref));
  const routes = sources.routes.flatMap((entity) =>
    toRoute(entity, { models, knownProviders, faults }),
  );
  const content: SnapshotContent = {
    providers: sortBy(providers, (provider) => provider.ref),
    routes: sortBy(routes, (route) => route.ref),
    budgets: sortBy(
      sources.budgets.flatMap((entity) => toBudget(entity, faults)),
      (budget) => budget.id,
    ),
    keys: sortBy(sources.keys, (key) => key.id),
    prompts: sortBy(sources.prompts, (prompt) => prompt.ref),
  };
  return { content, faults };
}

function toProvider(entity: Entity, faults: string[]): SnapshotProvider[] {
  const ref = refOfEntity(entity);
  const spec = ourKinds.Provider.safeParse(entity.spec);
  if (!spec.success) return fault(faults, `${ref}: ${spec.error.message}`);
  const { driver, baseUrl, credential } = spec.data;
  if (driver === "openai" && baseUrl === undefined) {
    return fault(faults, `${ref}: a provider with driver openai needs a baseUrl`);
  }
  return [{ ref, driver, baseUrl: baseUrl ?? null, credentialEnv: credential?.env ?? null }];
}

function toModel(entity: Entity, faults: string[]): [string, ModelSpec][] {
  const ref = refOfEntity(entity);
  const spec = ourKinds.Model.safeParse(entity.spec);
  if (!spec.success) return fault(faults, `${ref}: ${spec.error.message}`);
  return [[ref, spec.data]];
}

type RouteContext = {
  readonly models: ReadonlyMap<string, ModelSpec>;
  readonly knownProviders: ReadonlySet<string>;
  readonly faults: string[];
};

function toRoute(entity: Entity, context: RouteContext): SnapshotRoute[] {
  const ref = refOfEntity(entity);
  const spec = ourKinds.Route.safeParse(entity.spec);
  if (!spec.success) return fault(context.faults, `${ref}: ${spec.error.message}`);
  const { purpose } = spec.data;
  const targets = spec.data.targets.flatMap(({ model }) => {
    const found = context.models.get(model);
    if (!found) return fault(context.faults, `${ref}: its target ${model} does not exist`);
    if (found.purpose !== purpose)
      return fault(context.faults, `${ref}: its target ${model} is not for ${purpose}`);
    if (!context.knownProviders.has(found.provider))
      return fault(context.faults, `${model}: its provider ${found.provider} does not exist`);
    return [toTarget(model, found)];
  });
  return [{ name: entity.metadata.name, ref, purpose, targets }];
}

function toTarget(ref: string, model: ModelSpec): SnapshotTarget {
  return {
    model: ref,
    provider: model.provider,
    providerModel: model.modelId,
    price: toPrice(model),
    maxOutputTokens: model.maxOutputTokens,
    contextTokens: model.contextTokens,
  };
}

function toPrice(model: ModelSpec): SnapshotTarget["price"] {
  if (!model.price) return null;
  const input = parseUsd(model.price.inputUsdPerMillion);
  const output = parseUsd(model.price.outputUsdPerMillion);
  if (input === undefined || output === undefined) return null;
  return {
    inputMicroUsdPerMillion: input,
    outputMicroUsdPerMillion: output,
    notional: model.price.notional,
    since: model.price.since,
  };
}

function toBudget(entity: Entity, faults: string[]): SnapshotBudget[] {
  const ref = refOfEntity(entity);
  const spec = ourKinds.Budget.safeParse(entity.spec);
  if (!spec.success) return fault(faults, `${ref}: ${spec.error.message}`);
  const capMicroUsd = parseUsd(spec.data.capUsd);
  if (capMicroUsd === undefined) return fault(faults, `${ref}: capUsd is not an amount`);
  return [{ id: ref, ref, capMicroUsd, window: spec.data.window }];
}

function fault(faults: string[], text: string): never[] {
  faults.push(text);
  return [];
}

function sortBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
