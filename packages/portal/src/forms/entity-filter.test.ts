import { expect, test } from "vitest";
import { toEntityFilters } from "./entity-filter.ts";

test.each([
  ["no filter", undefined, ["kind=group", "kind=user"]],
  ["kinds", { kind: ["Group", "User"] }, ["kind=group", "kind=user"]],
  ["kind and type", { kind: "Group", "spec.type": "team" }, ["kind=group", "spec.type=team"]],
  ["alternatives", [{ kind: "Group" }, { kind: "User" }], ["kind=group", "kind=user"]],
])("%s", (_name, filter, expected) => {
  expect(toEntityFilters(filter, ["Group", "User"])).toEqual(expected);
});
