import { parseEntityRef } from "@causeway/contract";

/** Every address of the portal is made here. */
export const paths = {
  home: () => "/",
  catalog: (filter: { readonly kind?: string; readonly find?: string } = {}) =>
    withQuery("/catalog", filter),
  /** An entity's page; `tab` absent = its first. */
  entity: (ref: string, tab?: string) => {
    const { kind, namespace, name } = parseEntityRef(ref, { kind: "component" });
    const parts = [kind, namespace, name, ...(tab === undefined ? [] : [tab])];
    return `/catalog/${parts.map(encodeURIComponent).join("/")}`;
  },
  create: () => "/create",
  createFrom: (goldenPath: string) => `/create/${encodeURIComponent(goldenPath)}`,
  runs: (filter: { readonly state?: string; readonly template?: string } = {}) =>
    withQuery("/runs", filter),
  run: (runId: string) => `/runs/${encodeURIComponent(runId)}`,
  prompts: () => "/prompts",
  gateway: () => "/gateway",
  usage: (filter: { readonly by?: string } = {}) => withQuery("/gateway/usage", filter),
  requests: (filter: { readonly principal?: string; readonly trace?: string } = {}) =>
    withQuery("/gateway/requests", filter),
  delivery: () => "/delivery",
  audit: (filter: { readonly chain?: string } = {}) => withQuery("/audit", filter),
  gallery: () => "/ui",
} as const;

/** Addresses that the server answers itself. */
export const served = {
  service: (name: string) => `/services/${encodeURIComponent(name)}/`,
  apiDocs: () => "/api/docs",
} as const;

/** The page of an entity, or nothing where the text is no full ref. */
export function findEntityPath(ref: string): string | undefined {
  if (!/^[^:/\s]+:[^:/\s]+\/[^:/\s]+$/.test(ref)) return undefined;
  return paths.entity(ref);
}

/** Query texts are sorted by nothing but the order given, so equal filters are equal addresses. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") parameters.set(name, value);
  }
  const text = parameters.toString();
  return text === "" ? path : `${path}?${text}`;
}
