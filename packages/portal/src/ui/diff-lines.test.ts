import { expect, test } from "vitest";
import { isUnifiedDiff, parseDiff } from "./diff-lines.ts";

const diff = `--- a/prompt.yaml
+++ b/prompt.yaml
@@ -3,3 +3,3 @@
 system: |
-  Answer.
+  Answer with quotes.
 variables: []
`;

test("lines carry their numbers on both sides", () => {
  expect(parseDiff(diff)).toEqual([
    { kind: "place", text: "@@ -3,3 +3,3 @@", before: null, after: null },
    { kind: "same", text: "system: |", before: 3, after: 3 },
    { kind: "removed", text: "  Answer.", before: 4, after: null },
    { kind: "added", text: "  Answer with quotes.", before: null, after: 4 },
    { kind: "same", text: "variables: []", before: 5, after: 5 },
  ]);
});

test("a new file's content is not taken for a diff", () => {
  expect(isUnifiedDiff(diff)).toBe(true);
  expect(isUnifiedDiff("--- \ntitle: a Markdown file\n---\n")).toBe(false);
});
