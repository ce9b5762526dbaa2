import { sql, type RawBuilder } from "kysely";
import type { Db } from "#platform/db/database";
import type { SortValues } from "../cursor.ts";
import type { Predicate } from "../predicate.ts";
import type { StoredEntity } from "./read.ts";

/** A predicate as a condition on the entity `e`. */
function toCondition(predicate: Predicate): RawBuilder<boolean> {
  switch (predicate.kind) {
    case "all":
      return joined(predicate.of, " and ", sql<boolean>`true`);
    case "any":
      return joined(predicate.of, " or ", sql<boolean>`false`);
    case "not":
      return sql<boolean>`not (${toCondition(predicate.of)})`;
    case "exists":
      return leafExists(predicate.key, sql`true`);
    case "in":
      // Most questions name a kind, and the entity's own column knows it.
      return predicate.key === "kind"
        ? sql<boolean>`e.kind = any(${predicate.values}::text[])`
        : leafExists(predicate.key, sql`value = any(${predicate.values}::text[])`);
    case "prefix":
      return leafExists(predicate.key, sql`starts_with(value, ${predicate.prefix})`);
  }
}

function joined(
  parts: readonly Predicate[],
  word: " and " | " or ",
  nothing: RawBuilder<boolean>,
): RawBuilder<boolean> {
  if (parts.length === 0) return nothing;
  const conditions = parts.map((part) => sql`(${toCondition(part)})`);
  return sql<boolean>`(${sql.join(conditions, sql.raw(word))})`;
}

/** Relations have their own table: the far end's rows would otherwise be written with each near end. */
function leafExists(key: string, onValue: RawBuilder<unknown>): RawBuilder<boolean> {
  if (key.startsWith("relations.")) {
    const type = key.slice("relations.".length);
    return sql<boolean>`exists (
      select from (select r.target as value from catalog_relation r
                    where r.source = e.ref and lower(r.type) = ${type}) leaf where ${onValue})`;
  }
  return sql<boolean>`exists (
    select from catalog_search s where s.entity_id = e.id and s.key = ${key} and ${onValue})`;
}

export type Page = { readonly limit: number; readonly offset: number };
export type OrderField = { readonly field: string; readonly order: "asc" | "desc" };

const entityColumns = sql`e.id, e.ref, e.uid, e.etag, e.version, e.entity`;

/** `GET /entities`: all order fields count, entities lacking one come last, ties and the default are by ref. */
export async function listEntities(
  db: Db,
  predicate: Predicate,
  options: { readonly order: readonly OrderField[]; readonly page: Page | undefined },
): Promise<StoredEntity[]> {
  const order = options.order.map(
    ({ field, order }) => sql`(select min(s.value) from catalog_search s
      where s.entity_id = e.id and s.key = ${field.toLowerCase()}) ${sql.raw(order)} nulls last`,
  );
  const page = options.page
    ? sql`limit ${options.page.limit} offset ${options.page.offset}`
    : sql``;
  const { rows } = await sql<StoredEntity>`
    select ${entityColumns} from catalog_entity e
     where ${toCondition(predicate)}
     order by ${sql.join([...order, sql`e.ref`])} ${page}`.execute(db);
  return rows;
}

export type SortedQuery = {
  readonly predicate: Predicate;
  readonly order: OrderField | undefined;
  readonly text: { readonly term: string; readonly fields: readonly string[] } | undefined;
};
export type SortedRow = StoredEntity & { readonly sort_value: string | null };

/** Entities of a by-query question with the value they are sorted by. An order field drops entities that lack it, also
 *  from the total, and repeats one that has several values. */
function sortedSource(query: SortedQuery): RawBuilder<unknown> {
  const source = query.order
    ? sql`catalog_search o join catalog_entity e on e.id = o.entity_id
            and o.key = ${query.order.field.toLowerCase()} and o.value is not null`
    : sql`catalog_entity e`;
  const text = query.text ? textCondition(query.text) : sql`true`;
  return sql`from ${source} where ${toCondition(query.predicate)} and ${text}`;
}

function textCondition(text: {
  readonly term: string;
  readonly fields: readonly string[];
}): RawBuilder<unknown> {
  const keys = text.fields.map((field) => field.toLowerCase());
  return sql`exists (select from catalog_search t where t.entity_id = e.id
    and t.key = any(${keys}::text[]) and position(${text.term.toLowerCase()} in t.value) > 0)`;
}

export async function countSorted(db: Db, query: SortedQuery): Promise<number> {
  const { rows } = await sql<{
    count: number;
  }>`select count(*) as count ${sortedSource(query)}`.execute(db);
  return rows[0]?.count ?? 0;
}

export async function pageSorted(
  db: Db,
  query: SortedQuery,
  page: Page & { readonly from: SortValues | undefined; readonly direction: "forward" | "back" },
): Promise<SortedRow[]> {
  const isDescending = (query.order?.order === "desc") !== (page.direction === "back");
  const direction = sql.raw(isDescending ? "desc" : "asc");
  const beyond = sql.raw(isDescending ? "<" : ">");
  const value = query.order ? sql`o.value` : sql`null::text`;
  const from = page.from
    ? query.order
      ? sql`and (o.value, e.id) ${beyond} (${page.from[0]}, ${page.from[1]})`
      : sql`and e.id ${beyond} ${page.from[1]}`
    : sql``;
  const { rows } = await sql<SortedRow>`
    select ${entityColumns}, ${value} as sort_value
      ${sortedSource(query)} ${from}
     order by ${query.order ? sql`o.value ${direction}, ` : sql``} e.id ${direction}
     limit ${page.limit} offset ${page.offset}`.execute(db);
  return page.direction === "back" ? rows.toReversed() : rows;
}

export type FacetValue = { value: string; count: number };

/** Entities per value, in the spelling of the files. */
export async function countFacet(
  db: Db,
  facet: string,
  predicate: Predicate,
): Promise<FacetValue[]> {
  const key = facet.toLowerCase();
  const source = key.startsWith("relations.")
    ? sql`(select source, target as original from catalog_relation
            where lower(type) = ${key.slice("relations.".length)}) l join catalog_entity e on e.ref = l.source`
    : sql`(select entity_id, original from catalog_search where key = ${key}) l
            join catalog_entity e on e.id = l.entity_id`;
  const { rows } = await sql<FacetValue>`
    select l.original as value, count(distinct e.id) as count from ${source}
     where l.original is not null and ${toCondition(predicate)}
     group by l.original order by l.original`.execute(db);
  return rows;
}
