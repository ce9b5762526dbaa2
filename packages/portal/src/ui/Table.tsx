import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { useState, type ReactNode } from "react";
import { cx } from "./cx.ts";
import { ScrollRegion } from "./ScrollRegion.tsx";
import { Skeleton } from "./Skeleton.tsx";
import { nextSort, sortRows, type SortState, type SortValue } from "./table-sort.ts";

export type Column<Row> = {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Given: the column can be sorted. */
  readonly sortValue?: (row: Row) => SortValue;
  readonly align?: "right";
  /** Left out on narrow screens. */
  readonly hideBelow?: "md" | "lg";
  readonly className?: string;
};

export type TableProps<Row> = {
  /** Names the table for those who do not see its place. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** `undefined` = loading. */
  readonly rows: readonly Row[] | undefined;
  readonly rowKey: (row: Row) => string;
  readonly empty: ReactNode;
  readonly footer?: ReactNode;
};

const hidden = { md: "max-md:hidden", lg: "max-lg:hidden" } as const;

/** `j` and `k` move between the rows' first links, Enter follows: plain focus, so it also works with Tab. */
export function Table<Row>({ label, columns, rows, rowKey, empty, footer }: TableProps<Row>) {
  const [sort, setSort] = useState<SortState>();
  const column = columns.find((candidate) => candidate.id === sort?.columnId);
  const sorted =
    rows && sort && column?.sortValue ? sortRows(rows, column.sortValue, sort.direction) : rows;
  if (sorted?.length === 0) return empty;
  return (
    <ScrollRegion label={label} className="-mx-px">
      <table className="w-full border-collapse text-13" aria-busy={rows === undefined}>
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr className="border-b">
            {columns.map((head) => (
              <HeaderCell
                key={head.id}
                column={head}
                sort={sort}
                onSort={() => setSort(nextSort(sort, head.id))}
              />
            ))}
          </tr>
        </thead>
        <tbody data-rows>
          {sorted?.map((row) => (
            <tr key={rowKey(row)} className="border-b last:border-b-0 hover:bg-hover">
              {columns.map((each) => (
                <td key={each.id} className={cellClass(each)}>
                  {each.cell(row)}
                </td>
              ))}
            </tr>
          )) ?? <SkeletonRows columns={columns.length} />}
        </tbody>
        {footer !== undefined && <tfoot className="border-t font-medium">{footer}</tfoot>}
      </table>
    </ScrollRegion>
  );
}

function cellClass<Row>(column: Column<Row>): string {
  return cx(
    "h-9 px-2 py-1 align-middle first:pl-3 last:pr-3",
    column.align === "right" ? "text-right tabular" : "text-left",
    column.hideBelow && hidden[column.hideBelow],
    column.className,
  );
}

type HeaderCellProps<Row> = {
  readonly column: Column<Row>;
  readonly sort: SortState | undefined;
  readonly onSort: () => void;
};

function HeaderCell<Row>({ column, sort, onSort }: HeaderCellProps<Row>) {
  const direction = sort?.columnId === column.id ? sort.direction : undefined;
  const Icon = { ascending: ArrowUp, descending: ArrowDown, none: ChevronsUpDown }[
    direction ?? "none"
  ];
  return (
    <th
      scope="col"
      aria-sort={direction}
      className={cx(cellClass(column), "h-8 text-12 font-medium whitespace-nowrap text-muted")}
    >
      {column.sortValue ? (
        <button
          type="button"
          onClick={onSort}
          className={cx(
            "group inline-flex items-center gap-1 rounded-sm align-middle hover:text-text",
            column.align === "right" && "flex-row-reverse",
          )}
        >
          {column.header}
          <Icon
            aria-hidden
            className={cx("size-3", !direction && "opacity-0 group-hover:opacity-60")}
          />
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}

function SkeletonRows({ columns }: { readonly columns: number }) {
  return Array.from({ length: 5 }, (_, row) => (
    <tr key={row} className="border-b last:border-b-0">
      {Array.from({ length: columns }, (_cell, at) => (
        <td key={at} className="h-9 px-2 first:pl-3 last:pr-3">
          <Skeleton className={at === 0 ? "w-40" : "w-16"} />
        </td>
      ))}
    </tr>
  ));
}

/** Moves the focus to the first link of the next or previous row. */
export function focusRow(rows: Element, step: 1 | -1): boolean {
  const all = [...rows.querySelectorAll("tr")];
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[at === -1 && step === -1 ? all.length - 1 : at + step];
  const target = next?.querySelector<HTMLElement>("a, button");
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
  return target !== null && target !== undefined;
}
