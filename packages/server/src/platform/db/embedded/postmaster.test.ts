import { expect, test } from "vitest";
import { parsePostmasterFile } from "./postmaster.ts";

test("a server's own file tells its number, socket and state", () => {
  const text = "4711\n/data\n1790000000\n5432\n/tmp/causeway-ab\n\n  5432001   196608\nready   \n";
  expect(parsePostmasterFile(text)).toEqual({
    pid: 4711,
    socketDirectory: "/tmp/causeway-ab",
    status: "ready",
  });
});

test.each([
  ["an empty file", ""],
  ["a file of something else", "hello\n"],
  ["a number below one", "-4\n"],
])("%s names no server", (_what, text) => {
  expect(parsePostmasterFile(text)).toBeUndefined();
});

test("a file that is still being written has no state yet", () => {
  expect(parsePostmasterFile("4711\n/data\n")).toEqual({
    pid: 4711,
    socketDirectory: "",
    status: "",
  });
});
