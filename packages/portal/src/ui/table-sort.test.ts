import { expect, test } from "vitest";
import { nextSort, sortRows } from "./table-sort.ts";

test("numbers inside names sort as numbers, and unknown values stay last in both directions", () => {
  const rows = ["b-10", null, "b-9", "A-1"];
  expect(sortRows(rows, (row) => row, "ascending")).toEqual(["A-1", "b-9", "b-10", null]);
  expect(sortRows(rows, (row) => row, "descending")).toEqual(["b-10", "b-9", "A-1", null]);
});

test("a column's button goes ascending, descending, as given", () => {
  const first = nextSort(undefined, "name");
  const second = nextSort(first, "name");
  expect(first).toEqual({ columnId: "name", direction: "ascending" });
  expect(second).toEqual({ columnId: "name", direction: "descending" });
  expect(nextSort(second, "name")).toBeUndefined();
  expect(nextSort(second, "cost")).toEqual({ columnId: "cost", direction: "ascending" });
});
