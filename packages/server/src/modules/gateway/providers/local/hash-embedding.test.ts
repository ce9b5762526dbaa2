import { expect, test } from "vitest";
import { embedText, hashDimensions } from "./hash-embedding.ts";
import { listTerms } from "./words.ts";

function similarity(a: string, b: string): number {
  const [left, right] = [embedText(a), embedText(b)];
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}

test("vectors have length one, and texts without words none", () => {
  expect(embedText("Some words about releases")).toHaveLength(hashDimensions);
  expect(similarity("Some words", "Some words")).toBeCloseTo(1, 5);
  expect(embedText("…").every((value) => value === 0)).toBe(true);
});

test("what speaks of the same lies nearer than what does not", () => {
  const question = "How do I deploy a release?";
  expect(similarity(question, "Deployments of releases happen on Tuesday")).toBeGreaterThan(
    similarity(question, "Leave must be requested two weeks before") + 0.2,
  );
});

test("forms of a word share their stem", () => {
  expect(new Set(listTerms("release releases released releasing")).size).toBe(1);
  expect(listTerms("the on-call rotation")).toEqual(["call", "on-call", "rotat"]);
});
