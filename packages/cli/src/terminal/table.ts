import { padTo, widthOf, type Style } from "./style.ts";

export type Column<Row> = {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: "left" | "right";
};

/** Columns as wide as their widest value, two spaces apart; nothing is cut, so that a pipe gets everything. */
export function tableLines<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  style: Style,
): string[] {
  const cells = rows.map((row) => columns.map((column) => column.value(row)));
  const widths = columns.map((column, index) =>
    Math.max(widthOf(column.title), ...cells.map((line) => widthOf(line[index] ?? ""))),
  );
  const lineOf = (values: readonly string[]) =>
    values
      .map((value, index) => {
        const width = widths[index] ?? 0;
        const fill = " ".repeat(Math.max(0, width - widthOf(value)));
        return columns[index]?.align === "right" ? fill + value : padTo(value, width);
      })
      .join("  ")
      .trimEnd();
  const title = lineOf(columns.map((column) => column.title));
  return [style.dim(title), ...cells.map(lineOf)];
}
