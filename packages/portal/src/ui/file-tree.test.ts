import { expect, test } from "vitest";
import { toFileTree, type FileNode } from "./file-tree.ts";

type File = { readonly path: string };

function draw(nodes: readonly FileNode<File>[]): unknown[] {
  return nodes.map((node) =>
    node.kind === "file" ? node.name : { [`${node.name} (${node.count})`]: draw(node.children) },
  );
}

test("folders come first, and a chain of single folders is one line", () => {
  const files = ["README.md", "src/lib/rank.ts", "src/lib/quote.ts", "deno.json", "docs/guide.md"];
  expect(draw(toFileTree(files.map((path) => ({ path }))))).toEqual([
    { "docs (1)": ["guide.md"] },
    { "src/lib (2)": ["quote.ts", "rank.ts"] },
    "deno.json",
    "README.md",
  ]);
});
