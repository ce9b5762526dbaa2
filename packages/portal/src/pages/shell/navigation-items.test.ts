import { expect, test } from "vitest";
import { findCurrentItem, navigation } from "./navigation-items.ts";

test.each([
  ["/", "", "Home"],
  ["/catalog", "", "Catalog"],
  ["/catalog", "?kind=model", "Models"],
  ["/catalog/component/default/docs-bot/logs", "", "Catalog"],
  ["/gateway/requests", "?trace=1", "Gateway"],
  ["/runs/run_1", "", "Runs"],
  ["/nowhere", "", undefined],
])("%s%s belongs to %s", (pathname, search, label) => {
  expect(findCurrentItem(pathname, search)?.label).toBe(label);
});

test("no letter is taken twice", () => {
  const letters = navigation.flatMap((group) => group.items.map((item) => item.letter));
  expect(new Set(letters).size).toBe(letters.length);
});
