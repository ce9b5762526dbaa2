import { expect, test } from "vitest";
import { findEntityPath, paths, withQuery } from "./paths.ts";

test.each([
  [paths.entity("component:default/docs-bot"), "/catalog/component/default/docs-bot"],
  [paths.entity("Docs-Bot", "logs"), "/catalog/component/default/docs-bot/logs"],
  [paths.entity("group:Acme/a b"), "/catalog/group/acme/a%20b"],
  [paths.runs({ state: "failed" }), "/runs?state=failed"],
  [paths.runs({ state: "" }), "/runs"],
  [
    paths.requests({ principal: "component:default/x" }),
    "/gateway/requests?principal=component%3Adefault%2Fx",
  ],
  [paths.createFrom("rag service"), "/create/rag%20service"],
])("builds %s", (path, expected) => {
  expect(path).toBe(expected);
});

test("only a full ref leads to an entity's page", () => {
  expect(findEntityPath("user:default/admin")).toBe("/catalog/user/default/admin");
  expect(findEntityPath("docs-bot")).toBeUndefined();
  expect(findEntityPath("https://example.com/a")).toBeUndefined();
});

test("absent query values leave no trace", () => {
  expect(withQuery("/runs", { state: undefined, template: "" })).toBe("/runs");
});
