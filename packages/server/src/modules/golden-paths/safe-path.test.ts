import { expect, test } from "vitest";
import { staysInside, toSafeParts } from "./safe-path.ts";

test.each([
  "../x",
  "a/../../x",
  "/etc/passwd",
  "C:/x",
  "a\\..\\x",
  ".git/hooks/x",
  "a/.GIT/config",
  "a\0b",
])("refuses %j", (path) => {
  expect(() => toSafeParts(path, "The path")).toThrow(/leads out of its folder/);
});

test("keeps the parts of a path below the root", () => {
  expect(toSafeParts("./a//b/.gitignore", "The path")).toEqual(["a", "b", ".gitignore"]);
});

test.each([
  ["link", "file", true],
  ["a/link", "../b/file", true],
  ["link", "../file", false],
  ["a/link", "../../file", false],
  ["a/link", "/etc/passwd", false],
  // b may be a link itself: `..` after it climbs from where it points.
  ["a/link", "b/../../file", false],
])("a link at %s to %s stays inside: %s", (path, target, isInside) => {
  expect(staysInside(path, target)).toBe(isInside);
});
