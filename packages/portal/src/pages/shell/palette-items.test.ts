import { expect, test } from "vitest";
import { matchScore, rankMatches } from "./palette-items.ts";

test("each word of the query must occur, in any order", () => {
  expect(matchScore("Create a RAG service", "service rag")).toBeGreaterThan(0);
  expect(matchScore("Create a RAG service", "rag batch")).toBe(0);
});

test("the beginning of the text beats the beginning of a word, and that beats its middle", () => {
  const items = ["unbot", "docs-bot", "bottle"];
  expect(rankMatches(items, "bot", (item) => item)).toEqual(["bottle", "docs-bot", "unbot"]);
});

test("an empty query keeps everything in its order", () => {
  expect(rankMatches(["b", "a"], " ", (item) => item)).toEqual(["b", "a"]);
});
