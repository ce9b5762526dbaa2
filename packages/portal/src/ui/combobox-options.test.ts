import { expect, test } from "vitest";
import { activeIndexIn, listMatching } from "./combobox-options.ts";

const admin = { value: "user:default/admin", label: "Administrator", detail: "user:admin" };
const platform = { value: "group:default/platform", label: "Platform", detail: "group:platform" };
const product = { value: "group:default/product", label: "Product", detail: "group:product" };
const all = [admin, platform, product];

test.each([
  ["", all],
  ["platform", [platform]],
  ["PLAT", [platform]],
  ["group:p", [platform, product]],
  ["group:default/platform", [platform]],
  ["group prod", [product]],
  [" product ", [product]],
  ["nobody", []],
])("typing %j offers only what shows it", (typed, matching) => {
  expect(listMatching(all, typed)).toEqual(matching);
});

test("the active option stays itself when the server's answer moves it", () => {
  expect(activeIndexIn([admin, platform], platform.value)).toBe(1);
  expect(activeIndexIn([platform, product], platform.value)).toBe(0);
});

test("an active option that is gone gives way to the first, and an empty list has none", () => {
  expect(activeIndexIn([platform, product], admin.value)).toBe(0);
  expect(activeIndexIn([platform], undefined)).toBe(0);
  expect(activeIndexIn([], platform.value)).toBe(-1);
});
