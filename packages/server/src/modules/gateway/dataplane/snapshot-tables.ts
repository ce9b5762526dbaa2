import type {
  GatewaySnapshot,
  SnapshotBudget,
  SnapshotKey,
  SnapshotPrompt,
  SnapshotProvider,
  SnapshotRoute,
} from "@causeway/contract";

/** A snapshot as the hot path looks things up. Made whole and swapped whole: a call keeps the tables it began with. */
export type Tables = {
  readonly version: number;
  readonly builtAt: string;
  readonly secrets: ReadonlyMap<string, KeySecret>;
  readonly keys: ReadonlyMap<string, SnapshotKey>;
  readonly routes: ReadonlyMap<string, SnapshotRoute>;
  readonly providers: ReadonlyMap<string, SnapshotProvider>;
  readonly budgets: ReadonlyMap<string, SnapshotBudget>;
  readonly prompts: ReadonlyMap<string, SnapshotPrompt>;
};
type KeySecret = { readonly key: SnapshotKey; readonly expiresAtMs: number };

export function toTables(snapshot: GatewaySnapshot): Tables {
  const secrets = snapshot.keys.flatMap((key) =>
    key.secrets.map(({ hash, expiresAt }): [string, KeySecret] => [
      hash,
      { key, expiresAtMs: expiresAt === null ? Infinity : Date.parse(expiresAt) },
    ]),
  );
  return {
    version: snapshot.version,
    builtAt: snapshot.builtAt,
    secrets: new Map(secrets),
    keys: new Map(snapshot.keys.map((key) => [key.id, key])),
    routes: new Map(snapshot.routes.map((route) => [route.name, route])),
    providers: new Map(snapshot.providers.map((provider) => [provider.ref, provider])),
    budgets: new Map(snapshot.budgets.map((budget) => [budget.id, budget])),
    prompts: new Map(snapshot.prompts.map((prompt) => [prompt.name, prompt])),
  };
}

export function isAllowed(refs: readonly string[] | "*", ref: string): boolean {
  return refs === "*" || refs.includes(ref);
}
