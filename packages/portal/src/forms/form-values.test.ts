import { expect, test } from "vitest";
import {
  fieldOfId,
  fieldsOf,
  fieldTitle,
  splitIssues,
  toFieldMessages,
  toParameters,
  type FormPage,
} from "./form-values.ts";

const service: FormPage = {
  title: "The service",
  schema: {
    required: ["name"],
    properties: { name: { type: "string", title: "Name" }, name_suffix: { type: "string" } },
  },
  uiSchema: {},
};
const spend: FormPage = {
  title: "Spend",
  schema: {
    properties: { budget: { type: "object", properties: { cap: { type: "string" } } } },
    dependencies: { budget: { oneOf: [{ properties: { window: { type: "string" } } }] } },
    allOf: [{ if: {}, else: { properties: { reason: { type: "string" } } } }],
  },
  uiSchema: {},
};
const pages = [service, spend];

test("a page's fields include those of its branches", () => {
  expect(fieldsOf(service)).toEqual(["name", "name_suffix"]);
  expect(fieldsOf(spend)).toEqual(["budget", "reason", "window"]);
  expect(fieldTitle(pages, "name")).toBe("Name");
  expect(fieldTitle(pages, "window")).toBe("window");
});

test("issues go to the page of their field, and none is lost", () => {
  const name = { path: "name", message: "is taken" };
  const cap = { path: "budget.cap", message: "is no amount" };
  const other = { path: "owner", message: "does not exist" };
  expect(splitIssues(pages, [name, cap, other])).toEqual({
    byPage: [[name], [cap]],
    others: [other],
  });
});

test("messages stand at their field, only where they are to be shown", () => {
  const issues = [
    { path: "name", message: "is taken" },
    { path: "name", message: "is too long" },
    { path: "budget.cap", message: "is no amount" },
  ];
  expect(toFieldMessages(issues, (field) => field === "name")).toEqual({
    name: { __errors: ["is taken", "is too long"] },
  });
  expect(toFieldMessages(issues, () => true)).toEqual({
    name: { __errors: ["is taken", "is too long"] },
    budget: { cap: { __errors: ["is no amount"] } },
  });
});

test("cleared fields are not sent", () => {
  expect(toParameters({ name: "", owner: undefined, size: 0, ok: false })).toEqual({
    size: 0,
    ok: false,
  });
});

test("the longest field wins for a control's id", () => {
  expect(fieldOfId(service, "page0_name")).toBe("name");
  expect(fieldOfId(service, "page0_name_suffix")).toBe("name_suffix");
  expect(fieldOfId(spend, "page1_budget_cap")).toBe("budget");
  expect(fieldOfId(spend, "page1_other")).toBeUndefined();
});
