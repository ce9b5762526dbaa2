import {
  auditList,
  auditVerification,
  budgetView,
  goldenPathForm,
  goldenPathSummary,
  keyView,
  me,
  promptDetail,
  promptSummary,
  runList,
  runView,
  serviceView,
  usageReport,
  usageRequestsPage,
  type Json,
} from "@causeway/contract";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { withQuery } from "../paths.ts";
import {
  catalogEntity,
  entityFacets,
  entityPage,
  entityQueryPath,
  type EntityQuery,
} from "./catalog.ts";
import { request } from "./client.ts";

const itemsOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item) }).transform((answer) => answer.items);

export const meQuery = () =>
  queryOptions({
    queryKey: ["me"],
    queryFn: ({ signal }) => request(me, "/api/me", { signal }),
    staleTime: 60_000,
  });

export const entitiesQuery = (query: EntityQuery) =>
  infiniteQueryOptions({
    queryKey: ["entities", query],
    queryFn: ({ signal, pageParam }) =>
      request(entityPage, entityQueryPath({ ...query, cursor: pageParam }), { signal }),
    initialPageParam: query.cursor,
    getNextPageParam: (page) => page.pageInfo.nextCursor,
    placeholderData: keepPreviousData,
  });

export const kindFacetsQuery = () =>
  queryOptions({
    queryKey: ["entity-facets", "kind"],
    queryFn: async ({ signal }) => {
      const answer = await request(entityFacets, "/api/catalog/entity-facets?facet=kind", {
        signal,
      });
      return answer.facets["kind"] ?? [];
    },
  });

export type EntityName = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
};

export const entityQuery = ({ kind, namespace, name }: EntityName) =>
  queryOptions({
    queryKey: ["entity", kind, namespace, name],
    queryFn: ({ signal }) =>
      request(
        catalogEntity,
        `/api/catalog/entities/by-name/${[kind, namespace, name].map(encodeURIComponent).join("/")}`,
        { signal },
      ),
  });

export const goldenPathsQuery = () =>
  queryOptions({
    queryKey: ["golden-paths"],
    queryFn: ({ signal }) => request(itemsOf(goldenPathSummary), "/api/golden-paths", { signal }),
  });

export const goldenPathQuery = (name: string) =>
  queryOptions({
    queryKey: ["golden-path", name],
    queryFn: ({ signal }) =>
      request(goldenPathForm, `/api/golden-paths/${encodeURIComponent(name)}`, { signal }),
  });

/** The preview of a form's present values; nothing is kept on the server. */
export const planPreviewQuery = (name: string, parameters: Readonly<Record<string, Json>>) =>
  queryOptions({
    queryKey: ["plan-preview", name, parameters],
    queryFn: ({ signal }) => requestPlan(name, { parameters, dryRun: true, signal }),
    retry: false,
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });

export function requestPlan(
  goldenPath: string,
  plan: {
    readonly parameters: Readonly<Record<string, Json>>;
    readonly dryRun: boolean;
    readonly signal?: AbortSignal;
  },
) {
  const { signal, ...body } = plan;
  return request(runView, `/api/golden-paths/${encodeURIComponent(goldenPath)}/plan`, {
    method: "POST",
    body,
    ...(signal ? { signal } : {}),
  });
}

export type RunFilter = {
  readonly state?: string | undefined;
  readonly templateRef?: string | undefined;
  readonly limit?: number;
};

const runsPath = ({ state, templateRef, limit = 50 }: RunFilter, cursor?: string) =>
  withQuery("/api/runs", { state, templateRef, limit: String(limit), cursor });

export const runsQuery = (filter: RunFilter) =>
  infiniteQueryOptions({
    queryKey: ["runs", filter],
    queryFn: ({ signal, pageParam }) => request(runList, runsPath(filter, pageParam), { signal }),
    initialPageParam: undefined as string | undefined, // Widened: the literal has type undefined.
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const recentRunsQuery = (filter: RunFilter) =>
  queryOptions({
    queryKey: ["recent-runs", filter],
    queryFn: async ({ signal }) => (await request(runList, runsPath(filter), { signal })).items,
  });

export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: ["run", runId],
    queryFn: ({ signal }) => request(runView, `/api/runs/${encodeURIComponent(runId)}`, { signal }),
  });

export function requestRunMove(
  runId: string,
  move:
    | { readonly verb: "start"; readonly planHash: string }
    | { readonly verb: "retry" | "cancel" },
) {
  return request(runView, `/api/runs/${encodeURIComponent(runId)}/${move.verb}`, {
    method: "POST",
    ...(move.verb === "start" ? { body: { planHash: move.planHash } } : {}),
  });
}

export const servicesQuery = () =>
  queryOptions({
    queryKey: ["services"],
    queryFn: ({ signal }) => request(itemsOf(serviceView), "/api/services", { signal }),
    refetchInterval: 10_000,
  });

export const keysQuery = () =>
  queryOptions({
    queryKey: ["keys"],
    queryFn: ({ signal }) => request(itemsOf(keyView), "/api/keys", { signal }),
  });

export const budgetsQuery = () =>
  queryOptions({
    queryKey: ["budgets"],
    queryFn: ({ signal }) => request(itemsOf(budgetView), "/api/budgets", { signal }),
    refetchInterval: 15_000,
  });

export type UsageFilter = {
  readonly groupBy: string;
  readonly principal?: string | undefined;
  readonly from?: string | undefined;
};

export const usageQuery = ({ groupBy, principal, from }: UsageFilter) =>
  queryOptions({
    queryKey: ["usage", groupBy, principal, from],
    queryFn: ({ signal }) =>
      request(usageReport, withQuery("/api/usage", { groupBy, principal, from }), { signal }),
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  });

export const requestsQuery = (filter: {
  readonly principal?: string | undefined;
  readonly traceId?: string | undefined;
  readonly limit?: number;
}) =>
  infiniteQueryOptions({
    queryKey: ["usage-requests", filter],
    queryFn: ({ signal, pageParam }) => {
      const { principal, traceId, limit = 50 } = filter;
      const query = { principal, traceId, limit: String(limit), cursor: pageParam };
      return request(usageRequestsPage, withQuery("/api/usage/requests", query), { signal });
    },
    initialPageParam: undefined as string | undefined, // Widened: the literal has type undefined.
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const promptsQuery = () =>
  queryOptions({
    queryKey: ["prompts"],
    queryFn: ({ signal }) => request(itemsOf(promptSummary), "/api/prompts", { signal }),
  });

export const promptQuery = (name: string) =>
  queryOptions({
    queryKey: ["prompt", name],
    queryFn: ({ signal }) =>
      request(promptDetail, `/api/prompts/${encodeURIComponent(name)}`, { signal }),
  });

export const auditQuery = (chain: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["audit", chain],
    queryFn: ({ signal, pageParam }) =>
      request(auditList, withQuery("/api/audit", { chain, limit: "100", cursor: pageParam }), {
        signal,
      }),
    initialPageParam: undefined as string | undefined, // Widened: the literal has type undefined.
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

export const auditVerificationQuery = () =>
  queryOptions({
    queryKey: ["audit-verification"],
    queryFn: ({ signal }) => request(auditVerification, "/api/audit/verification", { signal }),
    staleTime: 60_000,
  });

export const recentRequestsQuery = (principal: string) =>
  queryOptions({
    queryKey: ["recent-requests", principal],
    queryFn: async ({ signal }) => {
      const path = withQuery("/api/usage/requests", { principal, limit: "6" });
      return (await request(usageRequestsPage, path, { signal })).items;
    },
    refetchInterval: 10_000,
  });

export function requestRestart(serviceName: string) {
  const path = `/api/services/${encodeURIComponent(serviceName)}/restart`;
  return request(serviceView, path, { method: "POST" });
}
