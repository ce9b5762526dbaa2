import { InvalidError, normalizeRef, type Entity, type JsonObject } from "@causeway/contract";
import type { Db } from "#platform/db/database";
import { decodeCursor, encodeCursor, type Cursor, type SortValues } from "./cursor.ts";
import { everything, parseQuery, type Predicate } from "./predicate.ts";
import {
  countSorted,
  pageSorted,
  type OrderField,
  type SortedQuery,
  type SortedRow,
} from "./store/query.ts";
import { findByRefs, withServed } from "./store/read.ts";

export type TextFilter = { readonly term: string; readonly fields?: readonly string[] | undefined };

/** A by-query question: either new, or the cursor of one that was asked before. */
export type EntityQuestion = {
  readonly query: JsonObject | undefined;
  readonly orderFields: readonly OrderField[];
  readonly fullTextFilter: TextFilter | undefined;
  readonly limit: number;
  readonly offset: number;
  readonly totalItems: "include" | "exclude";
  readonly cursor: string | undefined;
};

export type EntityPage = {
  readonly items: readonly Entity[];
  readonly totalItems: number;
  readonly pageInfo: { readonly nextCursor?: string; readonly prevCursor?: string };
};

/** C3: a page's cursor carries the whole question, so that paging needs nothing else; `nextCursor` is absent on the
 *  last page, or clients that stream would never end. */
export async function pageEntities(db: Db, question: EntityQuestion): Promise<EntityPage> {
  const { cursor, ...asked } = toAsked(question);
  const sorted = toSortedQuery(asked);
  const totalItems = cursor?.totalItems ?? (await countAsked(db, sorted, question.totalItems));
  if (question.limit === 0) return { items: [], totalItems, pageInfo: {} };
  const direction = cursor?.isPrevious ? "back" : "forward";
  const rows = await pageSorted(db, sorted, {
    limit: question.limit + 1,
    offset: cursor ? 0 : question.offset,
    from: cursor?.orderFieldValues,
    direction,
  });
  const hasMore = rows.length > question.limit;
  const extraAtStart = direction === "back" && hasMore ? 1 : 0;
  const shown = rows.slice(extraAtStart, extraAtStart + question.limit);
  const items = await withServed(db, shown);
  const pageInfo = pageInfoOf(shown, { asked, cursor, hasMore, totalItems });
  return { items, totalItems, pageInfo };
}

/** A cursor knows its question; what else the request says about it is not looked at. */
function toAsked(question: EntityQuestion): Asked & { readonly cursor: Cursor | undefined } {
  if (question.cursor !== undefined) {
    const cursor = decodeCursor(question.cursor);
    const { query, orderFields, fullTextFilter } = cursor;
    return { query, orderFields, fullTextFilter, cursor };
  }
  const { query = {}, orderFields, fullTextFilter } = question;
  return { query, orderFields, fullTextFilter, cursor: undefined };
}

async function countAsked(
  db: Db,
  sorted: SortedQuery,
  totalItems: EntityQuestion["totalItems"],
): Promise<number> {
  return totalItems === "exclude" ? 0 : countSorted(db, sorted);
}

type Asked = {
  readonly query: JsonObject;
  readonly orderFields: readonly OrderField[];
  readonly fullTextFilter: TextFilter | undefined;
};

function toSortedQuery(asked: Asked): SortedQuery {
  const order = asked.orderFields[0];
  const text = asked.fullTextFilter;
  const named = text?.fields && text.fields.length > 0 ? text.fields : undefined;
  return {
    predicate: parseQuery(asked.query),
    order,
    text: text?.term
      ? { term: text.term, fields: named ?? [order?.field ?? "metadata.uid"] }
      : undefined,
  };
}

type PageContext = {
  readonly asked: Asked;
  readonly cursor: Cursor | undefined;
  readonly hasMore: boolean;
  readonly totalItems: number;
};

function pageInfoOf(rows: readonly SortedRow[], context: PageContext): EntityPage["pageInfo"] {
  const first = rows[0];
  const last = rows.at(-1);
  if (!first || !last) return {};
  const { asked, cursor, hasMore, totalItems } = context;
  const isBack = cursor?.isPrevious ?? false;
  const start = cursor?.firstSortFieldValues ?? valuesOf(first);
  const cursorAt = (row: SortedRow, isPrevious: boolean): string =>
    encodeCursor({
      query: asked.query,
      orderFields: [...asked.orderFields],
      ...(asked.fullTextFilter ? { fullTextFilter: toCursorText(asked.fullTextFilter) } : {}),
      orderFieldValues: valuesOf(row),
      firstSortFieldValues: start,
      isPrevious,
      totalItems,
    });
  const isStart = valuesOf(first)[0] === start[0] && valuesOf(first)[1] === start[1];
  return {
    ...(isBack || hasMore ? { nextCursor: cursorAt(last, false) } : {}),
    ...(cursor && !isStart ? { prevCursor: cursorAt(first, true) } : {}),
  };
}

function toCursorText({ term, fields }: TextFilter) {
  return fields ? { term, fields: [...fields] } : { term };
}

function valuesOf(row: SortedRow): SortValues {
  return [row.sort_value, row.id];
}

/** In the order asked for; null where there is none. */
export async function entitiesByRefs(db: Db, refs: readonly string[]): Promise<(Entity | null)[]> {
  const normalized = refs.map((ref) => normalizeRef(ref));
  const stored = await findByRefs(db, [...new Set(normalized)]);
  const served = await withServed(db, stored);
  const byRef = new Map(stored.map((row, index) => [row.ref, served[index]]));
  return normalized.map((ref) => byRef.get(ref) ?? null);
}

export type ListQuery = {
  /** Any case; one of several. */
  readonly kind?: string | readonly string[];
  /** Ref of the owner, as the entity's relations name it. */
  readonly ownedBy?: string;
};

export function toPredicate(query: ListQuery): Predicate {
  const kinds = query.kind === undefined ? [] : [query.kind].flat();
  const parts: Predicate[] = [];
  if (kinds.length > 0) {
    parts.push({ kind: "in", key: "kind", values: kinds.map((kind) => kind.toLowerCase()) });
  }
  if (query.ownedBy !== undefined) {
    const values = [normalizeRef(query.ownedBy)];
    parts.push({ kind: "in", key: "relations.ownedby", values });
  }
  return parts.length === 0 ? everything : { kind: "all", of: parts };
}

/** `asc:metadata.name` of `GET /entities`. */
export function parseOrder(text: string): OrderField {
  const [order, ...field] = text.split(":");
  if ((order === "asc" || order === "desc") && field.length > 0) {
    return { order, field: field.join(":") };
  }
  throw invalidOrder(text, "asc:metadata.name");
}

/** `metadata.name,asc` of `GET /entities/by-query`; ascending when it does not say. */
export function parseOrderField(text: string): OrderField {
  const [field = "", order = "asc"] = text.split(",");
  if (field !== "" && (order === "asc" || order === "desc")) return { field, order };
  throw invalidOrder(text, "metadata.name,asc");
}

function invalidOrder(text: string, example: string): InvalidError {
  return new InvalidError({
    code: "invalid_order",
    message: `"${text}" is not an order`,
    fix: `Write it as ${example}.`,
  });
}
