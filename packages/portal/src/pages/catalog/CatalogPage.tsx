import { refOfEntity, type Entity } from "@causeway/contract";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Boxes, FilterX } from "lucide-react";
import { useEffect, useState } from "react";
import { entitiesQuery, kindFacetsQuery } from "../../api/queries.ts";
import { useDebounced } from "../../api/use-debounced.ts";
import { paths } from "../../paths.ts";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { cx } from "../../ui/cx.ts";
import { Empty } from "../../ui/Empty.tsx";
import { FilterInput } from "../../ui/Field.tsx";
import { formatCount } from "../../ui/format.ts";
import { Link, useLinkBehaviour } from "../../ui/Link.tsx";
import { PageHeader } from "../../ui/Page.tsx";
import { Table, type Column } from "../../ui/Table.tsx";
import { EntityLink } from "../EntityLink.tsx";
import { Loaded } from "../Loaded.tsx";
import { useTitle } from "../use-title.ts";
import { describeEntity, ownerOf, titleOf, typeOf } from "./entity-facts.ts";
import { KindIcon } from "./KindIcon.tsx";
import { nameOfKind } from "./kind-icons.ts";

const route = getRouteApi("/catalog");

export function CatalogPage() {
  const { kind, find } = route.useSearch();
  useTitle(kind ? `${nameOfKind(kind)} catalog` : "Catalog");
  const text = useFindText(find ?? "", kind);
  const entities = useInfiniteQuery(entitiesQuery({ kind, text: find }));
  const total = entities.data?.pages[0]?.totalItems;
  return (
    <>
      <PageHeader
        title="Catalog"
        facts={total !== undefined && <span>{formatCount(total)} entities</span>}
        actions={
          <FilterInput
            aria-label="Find in the catalog"
            placeholder="Find by name, title or description"
            value={text.value}
            onChange={(event) => text.change(event.target.value)}
            className="w-80 max-w-full"
          />
        }
      />
      <div className="grid items-start gap-5 md:grid-cols-[11rem_minmax(0,1fr)]">
        <KindFilter current={kind} find={find} />
        <div className="min-w-0">
          <div className="rounded-md border bg-surface">
            <Loaded query={entities} skeleton={<EntityTable rows={undefined} isFiltered={false} />}>
              {(data) => (
                <EntityTable
                  rows={data.pages.flatMap((page) => page.items)}
                  isFiltered={kind !== undefined || find !== undefined}
                />
              )}
            </Loaded>
          </div>
          {entities.hasNextPage && (
            <div className="flex justify-center pt-4">
              <Button
                isBusy={entities.isFetchingNextPage}
                onClick={() => void entities.fetchNextPage()}
              >
                Show more
              </Button>
            </div>
          )}
        </div>
      </div>
    </>
  );
}

/** What is typed goes into the address when it stands still, so that the list can be sent to somebody. */
function useFindText(find: string, kind: string | undefined) {
  const links = useLinkBehaviour();
  const [value, setValue] = useState(find);
  const settled = useDebounced(value.trim(), 200);
  useEffect(() => {
    if (settled !== find)
      links?.navigate(paths.catalog({ ...(kind ? { kind } : {}), find: settled }));
    // Only what was typed moves the address; the address moving by itself (back, a link) does not.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [settled]);
  return { value, change: setValue };
}

function KindFilter({
  current,
  find,
}: {
  readonly current: string | undefined;
  readonly find: string | undefined;
}) {
  const facets = useQuery(kindFacetsQuery());
  const all = facets.data?.reduce((sum, facet) => sum + facet.count, 0);
  const kinds = facets.data?.toSorted((a, b) => a.value.localeCompare(b.value)) ?? [];
  return (
    <nav aria-label="Kinds" className="flex gap-1 overflow-x-auto pb-1 md:flex-col">
      <KindLink label="All kinds" count={all} kind={undefined} isCurrent={!current} find={find} />
      {kinds.map((facet) => (
        <KindLink
          key={facet.value}
          label={nameOfKind(facet.value)}
          count={facet.count}
          kind={facet.value.toLowerCase()}
          isCurrent={facet.value.toLowerCase() === current}
          find={find}
        />
      ))}
    </nav>
  );
}

function KindLink(props: {
  readonly label: string;
  readonly count: number | undefined;
  readonly kind: string | undefined;
  readonly isCurrent: boolean;
  readonly find: string | undefined;
}) {
  const { label, count, kind, isCurrent, find } = props;
  const iconLook = cx("size-4", !isCurrent && "text-muted");
  return (
    <Link
      href={paths.catalog({ ...(kind ? { kind } : {}), ...(find ? { find } : {}) })}
      look="bare"
      aria-current={isCurrent ? "true" : undefined}
      className={cx(
        "flex h-8 shrink-0 items-center gap-2 rounded-md px-2 text-13",
        isCurrent ? "bg-accent-soft font-medium text-accent" : "text-text hover:bg-sunken",
      )}
    >
      {kind === undefined ? (
        <Boxes aria-hidden className={iconLook} />
      ) : (
        <KindIcon kind={kind} className={iconLook} />
      )}
      <span className="flex-1 whitespace-nowrap">{label}</span>
      {count !== undefined && (
        <span className="tabular text-12 text-muted">{formatCount(count)}</span>
      )}
    </Link>
  );
}

const columns: readonly Column<Entity>[] = [
  {
    id: "name",
    header: "Name",
    cell: (entity) => (
      <span className="flex items-center gap-2">
        <KindIcon kind={entity.kind} isNamed />
        <Link href={paths.entity(refOfEntity(entity))} look="quiet" className="font-medium">
          {titleOf(entity)}
        </Link>
      </span>
    ),
  },
  { id: "kind", header: "Kind", cell: (entity) => nameOfKind(entity.kind), hideBelow: "md" },
  { id: "type", header: "Type", cell: (entity) => typeOf(entity) ?? "–", hideBelow: "lg" },
  {
    id: "owner",
    header: "Owner",
    cell: (entity) => {
      const owner = ownerOf(entity);
      return owner === undefined ? (
        <span className="text-muted">–</span>
      ) : (
        <EntityLink value={owner} />
      );
    },
  },
  {
    id: "description",
    header: "Description",
    cell: (entity) => <span className="line-clamp-1 text-muted">{describeEntity(entity)}</span>,
    hideBelow: "lg",
    className: "max-w-96",
  },
];

function EntityTable({
  rows,
  isFiltered,
}: {
  readonly rows: readonly Entity[] | undefined;
  readonly isFiltered: boolean;
}) {
  const empty = isFiltered ? (
    <Empty
      icon={FilterX}
      title="Nothing matches"
      action={<ButtonLink href={paths.catalog()}>Show everything</ButtonLink>}
    >
      No entity of this kind has these words in its name, title or description.
    </Empty>
  ) : (
    <Empty icon={Boxes} title="The catalog is empty" command="npx causeway apply -f catalog.yaml">
      It holds what the company runs and who owns it: services, groups, models, budgets. Files in
      Backstage’s format fill it.
    </Empty>
  );
  return (
    <Table
      label="Entities"
      columns={columns}
      rows={rows}
      rowKey={refOfEntity}
      empty={<div className="p-3">{empty}</div>}
    />
  );
}
