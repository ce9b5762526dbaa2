import { entityInput, type Entity } from "@causeway/contract";
import { z } from "zod";

/** Answers of the Backstage catalog API, as far as the portal reads them. */
export const catalogEntity = entityInput
  .extend({
    metadata: z.looseObject({
      name: z.string(),
      namespace: z.string().optional(),
      title: z.string().optional(),
      description: z.string().optional(),
      annotations: z.record(z.string(), z.string()).optional(),
      labels: z.record(z.string(), z.string()).optional(),
      tags: z.array(z.string()).optional(),
      links: z.array(z.looseObject({ url: z.string(), title: z.string().optional() })).optional(),
    }),
    relations: z.array(z.looseObject({ type: z.string(), targetRef: z.string() })).optional(),
  })
  // Fields beyond the envelope stay as they came.
  .transform((entity) => entity as Entity);

export const entityPage = z.looseObject({
  items: z.array(catalogEntity),
  totalItems: z.int(),
  pageInfo: z.looseObject({ nextCursor: z.string().optional(), prevCursor: z.string().optional() }),
});

export const entityFacets = z.looseObject({
  facets: z.record(z.string(), z.array(z.looseObject({ value: z.string(), count: z.int() }))),
});

export type EntityQuery = {
  readonly kind?: string | undefined;
  /** Further `key=value` filters; equal keys are alternatives, others must all hold. */
  readonly filters?: readonly string[] | undefined;
  readonly text?: string | undefined;
  /** Where to look for `text`; everywhere when absent. */
  readonly textFields?: readonly string[] | undefined;
  readonly limit?: number;
  readonly cursor?: string | undefined;
};

/** The address of one page. A cursor carries the whole query, as in Backstage. */
export function entityQueryPath(query: EntityQuery): string {
  const parameters = new URLSearchParams();
  if (query.cursor !== undefined) {
    parameters.set("cursor", query.cursor);
  } else {
    const filters = [...(query.kind ? [`kind=${query.kind}`] : []), ...(query.filters ?? [])];
    if (filters.length > 0) parameters.set("filter", filters.join(","));
    if (query.text) {
      parameters.set("fullTextFilterTerm", query.text);
      if (query.textFields) parameters.set("fullTextFilterFields", query.textFields.join(","));
    }
    parameters.set("orderField", "metadata.name,asc");
  }
  parameters.set("limit", String(query.limit ?? 50));
  return `/api/catalog/entities/by-query?${parameters.toString()}`;
}
