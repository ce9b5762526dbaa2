import { expect, test } from "vitest";
import { entityQueryPath } from "./catalog.ts";

const query = (path: string) => Object.fromEntries(new URL(path, "http://x").searchParams);

test("kind and filters become one Backstage filter", () => {
  expect(
    query(entityQueryPath({ kind: "group", filters: ["spec.type=team"], text: "pla" })),
  ).toEqual({
    filter: "kind=group,spec.type=team",
    fullTextFilterTerm: "pla",
    orderField: "metadata.name,asc",
    limit: "50",
  });
});

test("a cursor stands alone", () => {
  expect(query(entityQueryPath({ kind: "group", cursor: "abc", limit: 20 }))).toEqual({
    cursor: "abc",
    limit: "20",
  });
});
