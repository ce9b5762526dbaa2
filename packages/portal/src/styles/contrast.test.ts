import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contrastRatio, readRoles } from "./contrast.ts";

const roles = readRoles(readFileSync(new URL("theme.css", import.meta.url), "utf8"));

const readText = 4.5;
/** Edges of controls and marks of charts (WCAG 1.4.11). */
const seeEdge = 3;

const tones = ["good", "warn", "bad", "info", "unknown", "accent"];
const pairs: readonly (readonly [string, string, number])[] = [
  ...["ground", "surface", "sunken", "hover", "accent-soft"].flatMap(
    (ground) =>
      [
        ["text", ground, readText],
        ["muted", ground, readText],
        ["accent", ground, readText],
      ] as const,
  ),
  ...tones.flatMap(
    (tone) =>
      [
        [tone, `${tone}-soft`, readText],
        [tone, "surface", readText],
        [tone, "ground", readText],
        [tone, "hover", readText],
        [tone, "sunken", readText],
        ["text", `${tone}-soft`, readText],
      ] as const,
  ),
  ["on-accent", "accent", readText],
  ["on-accent", "accent-hover", readText],
  ["border-strong", "surface", seeEdge],
  ["border-strong", "ground", seeEdge],
  ["accent", "border", seeEdge],
];

test("the theme file defines every role that is paired here", () => {
  const named = new Set(pairs.flatMap(([front, ground]) => [front, ground]));
  expect([...named].filter((role) => !roles.has(role))).toEqual([]);
});

test.each(pairs)("%s on %s reaches %d in both themes", (front, ground, least) => {
  for (const theme of ["light", "dark"] as const) {
    const ratio = contrastRatio(roles.get(front)?.[theme] ?? "", roles.get(ground)?.[theme] ?? "");
    expect.soft(ratio, theme).toBeGreaterThanOrEqual(least);
  }
});

test("black on white is 21 and a colour on itself is 1", () => {
  expect(contrastRatio("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrastRatio("#336699", "#336699")).toBe(1);
});
