import {
  catalogFileReport,
  entityVersion,
  NotFoundError,
  normalizeRef,
  validateCatalogFile,
  type Entity,
  type JsonObject,
} from "@causeway/contract";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { Db } from "#platform/db/database";
import type { App, Routes } from "../../http/app.ts";
import { invalidCursor } from "./cursor.ts";
import { parseFields, selectFields } from "./fields.ts";
import { parseCatalogFile } from "./parse-file.ts";
import { everything, filtersToQuery, parseQuery } from "./predicate.ts";
import { entitiesByRefs, pageEntities, parseOrder, parseOrderField } from "./query-service.ts";
import { countFacet, listEntities } from "./store/query.ts";
import { findByUid, listHistory, withServed } from "./store/read.ts";

/** Repeated or single in a query string. */
const texts = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => (value === undefined ? [] : [value].flat()));
const count = z.coerce.number().int().min(0);
const limit = count.max(10_000);
// Entities are validated when they are written; `fields` cuts them to any shape.
const anyEntity = z.looseObject({});
const signedIn = { access: "signedIn" } as const;

const listQuery = z.object({
  filter: texts,
  fields: texts,
  order: texts,
  limit: limit.optional(),
  offset: count.optional(),
  after: z.string().optional(),
});
const byQueryQuery = z.object({
  filter: texts,
  fields: texts,
  orderField: texts,
  limit: limit.default(200),
  offset: count.default(0),
  totalItems: z.enum(["include", "exclude"]).default("include"),
  cursor: z.string().optional(),
  fullTextFilterTerm: z.string().optional(),
  fullTextFilterFields: texts,
});
const jsonQuery = z.record(z.string(), z.json());
const byQueryBody = z.object({
  query: jsonQuery.optional(),
  fields: z.array(z.string()).default([]),
  orderBy: z
    .array(z.object({ field: z.string(), order: z.enum(["asc", "desc"]).default("asc") }))
    .default([]),
  limit: z.int().min(0).max(10_000).default(200),
  offset: z.int().min(0).default(0),
  totalItems: z.enum(["include", "exclude"]).default("include"),
  cursor: z.string().optional(),
  fullTextFilter: z
    .object({ term: z.string().default(""), fields: z.array(z.string()).optional() })
    .optional(),
});
const pageResponse = z.object({
  items: z.array(anyEntity),
  totalItems: z.int(),
  pageInfo: z.object({ nextCursor: z.string().optional(), prevCursor: z.string().optional() }),
});
const byRefsBody = z.object({
  entityRefs: z.array(z.string()).max(1_000),
  fields: z.array(z.string()).default([]),
  query: jsonQuery.optional(),
});
const facetsQuery = z.object({ facet: texts, filter: texts });
const facetsResponse = z.object({
  facets: z.record(z.string(), z.array(z.object({ value: z.string(), count: z.int() }))),
});

export function catalogRoutes(db: Db): Routes {
  return async (app) => {
    addListing(app, db);
    addByQuery(app, db);
    addLookups(app, db);
    addFacets(app, db);
    addOurs(app, db);
  };
}

function addListing(app: App, db: Db): void {
  app.get(
    "/api/catalog/entities",
    { config: signedIn, schema: { querystring: listQuery, response: { 200: z.array(anyEntity) } } },
    async (request, reply) => {
      const { filter, order, after, ...page } = request.query;
      const fields = parseFields(request.query.fields);
      const query = filtersToQuery(filter);
      const { limit, offset } = after === undefined ? page : decodeAfter(after);
      const isPaged = limit !== undefined || offset !== undefined;
      const rows = await listEntities(db, query ? parseQuery(query, "filter") : everything, {
        order: order.map(parseOrder),
        page: isPaged ? { limit: (limit ?? 10_000) + 1, offset: offset ?? 0 } : undefined,
      });
      const shown = limit === undefined ? rows : rows.slice(0, limit);
      if (limit !== undefined && rows.length > limit) {
        reply.header("link", nextLink(request, { limit, offset: (offset ?? 0) + limit }));
      }
      return (await withServed(db, shown)).map((entity) => selectFields(entity, fields));
    },
  );
}

const afterPage = z.object({ limit: limit.optional(), offset: count.optional() });

function decodeAfter(text: string): z.infer<typeof afterPage> {
  try {
    return afterPage.parse(JSON.parse(atob(text)));
  } catch (cause) {
    throw invalidCursor(cause);
  }
}

function nextLink(request: FastifyRequest, page: { limit: number; offset: number }): string {
  const url = new URL(request.url, "http://localhost");
  url.searchParams.set("after", btoa(JSON.stringify(page)));
  return `<${url.pathname}${url.search}>; rel="next"`;
}

function addByQuery(app: App, db: Db): void {
  const cut = (items: readonly Entity[], fields: readonly string[]) =>
    items.map((entity) => selectFields(entity, fields));
  app.get(
    "/api/catalog/entities/by-query",
    { config: signedIn, schema: { querystring: byQueryQuery, response: { 200: pageResponse } } },
    async (request) => {
      const { filter, orderField, fullTextFilterTerm, fullTextFilterFields, ...rest } =
        request.query;
      const fields = parseFields(rest.fields);
      const named = fullTextFilterFields.flatMap((text) => text.split(","));
      const page = await pageEntities(db, {
        ...rest,
        cursor: rest.cursor,
        query: filtersToQuery(filter),
        orderFields: orderField.map(parseOrderField),
        fullTextFilter: fullTextFilterTerm
          ? { term: fullTextFilterTerm, fields: named.length > 0 ? named : undefined }
          : undefined,
      });
      return { ...page, items: cut(page.items, fields) };
    },
  );
  app.post(
    "/api/catalog/entities/by-query",
    { config: signedIn, schema: { body: byQueryBody, response: { 200: pageResponse } } },
    async (request) => {
      const { orderBy, query, fullTextFilter, cursor, ...rest } = request.body;
      const fields = parseFields(rest.fields);
      const page = await pageEntities(db, {
        ...rest,
        cursor,
        query,
        orderFields: orderBy,
        fullTextFilter,
      });
      return { ...page, items: cut(page.items, fields) };
    },
  );
}

function addLookups(app: App, db: Db): void {
  app.get(
    "/api/catalog/entities/by-name/:kind/:namespace/:name",
    {
      config: signedIn,
      schema: {
        params: z.object({ kind: z.string(), namespace: z.string(), name: z.string() }),
        response: { 200: anyEntity },
      },
    },
    async (request) => {
      const { kind, namespace, name } = request.params;
      const [entity] = await entitiesByRefs(db, [`${kind}:${namespace}/${name}`]);
      return entity ?? raiseNotFound(request, `${kind}:${namespace}/${name}`);
    },
  );
  app.get(
    "/api/catalog/entities/by-uid/:uid",
    {
      config: signedIn,
      schema: { params: z.object({ uid: z.string() }), response: { 200: anyEntity } },
    },
    async (request) => {
      const { uid } = request.params;
      const stored = z.uuid().safeParse(uid).success ? await findByUid(db, uid) : undefined;
      if (!stored) return raiseNotFound(request, `uid ${uid}`);
      const [entity] = await withServed(db, [stored]);
      return entity ?? raiseNotFound(request, `uid ${uid}`);
    },
  );
  app.post(
    "/api/catalog/entities/by-refs",
    {
      config: signedIn,
      schema: {
        querystring: z.object({ filter: texts }),
        body: byRefsBody,
        response: { 200: z.object({ items: z.array(anyEntity.nullable()) }) },
      },
    },
    async (request) => {
      const { entityRefs, query } = request.body;
      const fields = parseFields(request.body.fields);
      const asked = query ?? filtersToQuery(request.query.filter);
      const found = await entitiesByRefs(db, entityRefs);
      const allowed = asked ? await uidsMatching(db, asked) : undefined;
      const items = found.map((entity) =>
        entity && (allowed?.has(entity.metadata.uid ?? "") ?? true)
          ? selectFields(entity, fields)
          : null,
      );
      return { items };
    },
  );
}

async function uidsMatching(db: Db, query: JsonObject): Promise<Set<string>> {
  const rows = await listEntities(db, parseQuery(query), { order: [], page: undefined });
  return new Set(rows.map((row) => row.uid));
}

/** The body is both our problem document and Backstage's error, so that either kind of client understands it. */
function raiseNotFound(request: FastifyRequest, what: string): never {
  const message = `There is no entity ${what}`;
  throw new NotFoundError({
    code: "entity_not_found",
    message,
    extra: {
      error: { name: "NotFoundError", message },
      request: { method: request.method, url: request.url },
      response: { statusCode: 404 },
    },
  });
}

function addFacets(app: App, db: Db): void {
  app.get(
    "/api/catalog/entity-facets",
    {
      config: signedIn,
      schema: {
        querystring: facetsQuery.refine((query) => query.facet.length > 0, {
          path: ["facet"],
          message: "name at least one facet, such as facet=kind",
        }),
        response: { 200: facetsResponse },
      },
    },
    async (request) => {
      const query = filtersToQuery(request.query.filter);
      const predicate = query ? parseQuery(query, "filter") : everything;
      const names = request.query.facet.flatMap((text) => text.split(","));
      const facets = await Promise.all(
        names.map(async (name) => [name, await countFacet(db, name, predicate)] as const),
      );
      return { facets: Object.fromEntries(facets) };
    },
  );
}

function addOurs(app: App, db: Db): void {
  app.post(
    "/api/catalog/validate",
    {
      config: signedIn,
      schema: { body: validateCatalogFile, response: { 200: catalogFileReport } },
    },
    async (request) => {
      const { entities, issues } = await parseCatalogFile(request.body.text, request.body.file);
      return { entities: entities.map((item) => item.entity), issues: [...issues] };
    },
  );
  app.get(
    "/api/catalog/history/:ref",
    {
      config: signedIn,
      schema: {
        params: z.object({ ref: z.string() }),
        response: { 200: z.object({ items: z.array(entityVersion) }) },
      },
    },
    async (request) => {
      const rows = await listHistory(db, normalizeRef(request.params.ref));
      if (rows.length === 0) return raiseNotFound(request, request.params.ref);
      const items = rows.map((row) => ({
        version: row.version,
        change: row.change,
        changedAt: row.changed_at.toISOString(),
        changedBy: row.changed_by,
        runId: row.run_id,
        etag: row.etag,
        entity: row.entity,
      }));
      return { items };
    },
  );
}
