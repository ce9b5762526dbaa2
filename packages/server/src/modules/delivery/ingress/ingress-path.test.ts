import { expect, test } from "vitest";
import { parseIngressPath } from "./ingress-path.ts";

test.each([
  ["/services/handbook/", "handbook", "/"],
  ["/services/handbook/ask?q=a%2Fb&x=..", "handbook", "/ask?q=a%2Fb&x=.."],
  ["/services/a.b-c_1/deep/er/?", "a.b-c_1", "/deep/er/?"],
  ["/services/handbook/%E2%82%AC", "handbook", "/%E2%82%AC"],
  ["/services/handbook//ask", "handbook", "/ask"],
  ["/services/handbook//", "handbook", "/"],
  ["/services/handbook/a..b/.well-known", "handbook", "/a..b/.well-known"],
])("%s goes to %s as %s", (target, name, path) => {
  expect(parseIngressPath(target)).toEqual({
    kind: "service",
    name,
    path,
    prefix: `/services/${name}`,
  });
});

test("a service's root gets its slash and keeps its query", () => {
  expect(parseIngressPath("/services/handbook?a=1")).toMatchObject({
    kind: "addSlash",
    location: "/services/handbook/?a=1",
  });
});

test.each([
  "/services/",
  "/services//x",
  "/services/a/../api",
  "/services/a/..",
  "/services/a/%2e%2e/api",
  "/services/a/.%2E/api",
  "/services/a/./b",
  "/services/../api/runs",
  "/services/a%2fb/x",
  "/services/a/b%2Fc",
  "/services/a/b%5cc",
  "/services/a\\..\\x",
  "/services/a/x//evil.example",
  "/services/a//..",
  "/services/a/%00",
  "/services/a/x%0d%0aset-cookie:y",
  "/services/a/%zz",
  "/services/%61/x",
  "/services/a;b/x",
  "/services/.hidden/x",
  `/services/${"a".repeat(64)}/x`,
  "/services/a/ü",
  "/services/a/x#y",
  "http://127.0.0.1:7400/services/a/x",
  "//services/a/x",
  "*",
  "",
  "/api/services/a",
])("%j is refused", (target) => {
  expect(parseIngressPath(target).kind).toBe("refused");
});
