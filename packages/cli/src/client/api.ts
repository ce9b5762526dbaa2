import {
  goldenPathForm,
  issuedSecret,
  keyView,
  runList,
  runLogList,
  runStreamEvent,
  runView,
  serviceLogLine,
  serviceView,
  usageReport,
  budgetView,
  goldenPathSummary,
  type Entity,
  type EntityRef,
  type Issue,
  type Plan,
  type RunLogLine,
  type RunState,
  type RunStreamEvent,
  type RunView,
  type usageGroupBy,
} from "@causeway/contract";
import { z } from "zod";
import type { Client } from "./client.ts";

const itemsOf = <T>(item: z.ZodType<T>) => z.looseObject({ items: z.array(item) });
const segment = encodeURIComponent;

/** Query text without the members that are absent; with its `?`. */
function queryOf(values: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) query.set(name, String(value));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

export async function listGoldenPaths(client: Client) {
  return (await client.call("/api/golden-paths", itemsOf(goldenPathSummary))).items;
}

export async function getGoldenPath(client: Client, name: string) {
  return client.call(`/api/golden-paths/${segment(name)}`, goldenPathForm);
}

export async function planGoldenPath(
  client: Client,
  name: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<RunView> {
  const path = `/api/golden-paths/${segment(name)}/plan`;
  return client.call(path, runView, { method: "POST", body: { parameters } });
}

export type PlanInput = z.input<typeof import("@causeway/contract").plan>;

/** `start`: a plan of harmless steps is done when this answers. */
export async function createRun(
  client: Client,
  plan: PlanInput | Plan,
  options: { readonly start: boolean },
): Promise<RunView> {
  return client.call("/api/runs", runView, {
    method: "POST",
    body: { plan, start: options.start },
  });
}

export async function listRuns(
  client: Client,
  query: { state?: RunState; templateRef?: string; limit?: number; cursor?: string } = {},
) {
  return client.call(`/api/runs${queryOf(query)}`, runList);
}

export async function getRun(client: Client, id: string): Promise<RunView> {
  return client.call(`/api/runs/${segment(id)}`, runView);
}

/** Under the hash of the plan that was shown (I3). */
export async function startRun(client: Client, run: RunView): Promise<RunView> {
  const body = { planHash: run.planHash };
  return client.call(`/api/runs/${segment(run.id)}/start`, runView, { method: "POST", body });
}

export async function retryRun(client: Client, id: string): Promise<RunView> {
  return client.call(`/api/runs/${segment(id)}/retry`, runView, { method: "POST" });
}

export async function cancelRun(client: Client, id: string): Promise<RunView> {
  return client.call(`/api/runs/${segment(id)}/cancel`, runView, { method: "POST" });
}

/** The whole log, page by page. */
export async function listRunLogs(client: Client, id: string): Promise<RunLogLine[]> {
  const lines: RunLogLine[] = [];
  for (let after: number | null = 0; after !== null;) {
    const path = `/api/runs/${segment(id)}/logs${queryOf({ after })}`;
    const page: z.infer<typeof runLogList> = await client.call(path, runLogList);
    lines.push(...page.items);
    after = page.nextAfter;
  }
  return lines;
}

export function followRun(
  client: Client,
  id: string,
  options: { readonly afterLog: number; readonly signal: AbortSignal },
): AsyncGenerator<RunStreamEvent> {
  const query = queryOf({ afterLog: options.afterLog });
  return client.follow(`/api/runs/${segment(id)}/events${query}`, runStreamEvent, options.signal);
}

export async function listServices(client: Client) {
  return (await client.call("/api/services", itemsOf(serviceView))).items;
}

const serviceLogs = z.looseObject({ lines: z.array(serviceLogLine) });

export async function listServiceLogs(client: Client, name: string, limit: number) {
  const path = `/api/services/${segment(name)}/logs${queryOf({ limit })}`;
  return (await client.call(path, serviceLogs)).lines;
}

export function followServiceLogs(
  client: Client,
  name: string,
  options: { readonly after: number | undefined; readonly signal: AbortSignal },
) {
  const path = `/api/services/${segment(name)}/logs${queryOf({ after: options.after })}`;
  return client.follow(path, serviceLogLine, options.signal);
}

export async function listKeys(client: Client) {
  return (await client.call("/api/keys", itemsOf(keyView))).items;
}

/** The secret is shown this once. */
export async function issueKeySecret(
  client: Client,
  keyId: string,
  options: { readonly replaceEarlier: boolean },
) {
  const path = `/api/keys/${segment(keyId)}/secrets`;
  return client.call(path, issuedSecret, { method: "POST", body: options });
}

export async function listBudgets(client: Client) {
  return (await client.call("/api/budgets", itemsOf(budgetView))).items;
}

export type UsageQuery = {
  readonly groupBy: z.infer<typeof usageGroupBy>;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly principal?: string | undefined;
};

export async function getUsage(client: Client, query: UsageQuery) {
  return client.call(`/api/usage${queryOf(query)}`, usageReport);
}

const looseEntity = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
const validated = z.looseObject({
  entities: z.array(looseEntity),
  issues: z.array(z.strictObject({ path: z.string(), message: z.string() })),
});

/** Checks a file's text as the catalog would read it; issues carry `file:line:column`. */
export async function validateCatalogFile(
  client: Client,
  file: { readonly path: string; readonly text: string },
): Promise<{ entities: Entity[]; issues: Issue[] }> {
  const body = { file: file.path, text: file.text };
  const answer = await client.call("/api/catalog/validate", validated, { method: "POST", body });
  return { entities: answer.entities as Entity[], issues: answer.issues }; // the envelope was parsed
}

export async function listEntities(client: Client, filter: readonly string[]): Promise<Entity[]> {
  const query = new URLSearchParams(filter.map((part) => ["filter", part]));
  return (await client.call(
    `/api/catalog/entities?${query.toString()}`,
    z.array(looseEntity),
  )) as Entity[]; // the envelope was parsed
}

export async function getEntity(client: Client, ref: EntityRef): Promise<Entity> {
  const name = [ref.kind, ref.namespace, ref.name].map(segment).join("/");
  return (await client.call(`/api/catalog/entities/by-name/${name}`, looseEntity)) as Entity; // the envelope was parsed
}
