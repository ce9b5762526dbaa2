// Prints our row of the table in which the code bases that we learn from are measured: `node tools/measure-style.ts`.
// Non-test, non-generated TypeScript; named functions with a body; blank lines and comments do not count as lines.
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

type Measured = { lines: number; comments: number; functions: number[] };

const root = dirname(import.meta.dirname);
const isTest = (file: string) => /\.test\.tsx?$|^packages\/[^/]+\/test\/|__fixtures__/.test(file);
const all = globSync(["packages/*/{src,test}/**/*.{ts,tsx}", "{tools,bench,e2e}/**/*.ts"], {
  cwd: root,
});
const sources = all.filter((file) => !isTest(file) && !file.startsWith("e2e/")).map(measure);
const tests = all.filter((file) => isTest(file) || file.startsWith("e2e/")).map(measure);

const functions = sources.flatMap((file) => file.functions);
const total = (files: readonly Measured[]) => files.reduce((sum, file) => sum + file.lines, 0);
const comments = sources.reduce((sum, file) => sum + file.comments, 0);
const long = functions.filter((lines) => lines > 60).length;

console.log(
  "files | file lines | function lines | functions > 60 | comments | test lines per line",
);
console.log(
  [
    sources.length,
    spread(sources.map((file) => file.lines)),
    spread(functions),
    percent(long / functions.length),
    percent(comments / (comments + total(sources))),
    (total(tests) / total(sources)).toFixed(2),
  ].join(" | "),
);

function measure(file: string): Measured {
  const text = readFileSync(join(root, file), "utf8");
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const code = linesOf(text, commentRanges(tree));
  const functions: number[] = [];
  const visit = (node: ts.Node): void => {
    if (isNamedFunction(node)) {
      const first = tree.getLineAndCharacterOfPosition(node.getStart()).line;
      const last = tree.getLineAndCharacterOfPosition(node.getEnd()).line;
      functions.push(code.isCode.slice(first, last + 1).filter(Boolean).length);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { lines: code.isCode.filter(Boolean).length, comments: code.comments, functions };
}

/** Declarations, methods, and functions that a variable or property gives a name. */
function isNamedFunction(node: ts.Node): boolean {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node))
    return node.body !== undefined;
  const isFunction = ts.isArrowFunction(node) || ts.isFunctionExpression(node);
  return (
    isFunction && (ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent))
  );
}

function commentRanges(tree: ts.SourceFile): ts.CommentRange[] {
  const ranges = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node): void => {
    for (const range of [
      ...(ts.getLeadingCommentRanges(tree.text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(tree.text, node.getEnd()) ?? []),
    ]) {
      ranges.set(range.pos, range);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return [...ranges.values()];
}

/** A line is code when something besides comments and spaces stands on it. */
function linesOf(text: string, ranges: readonly ts.CommentRange[]) {
  const characters = text.split("");
  for (const { pos, end } of ranges) {
    for (let at = pos; at < end; at++) if (characters[at] !== "\n") characters[at] = " ";
  }
  const without = characters.join("").split("\n");
  const isCode = without.map((line) => line.trim() !== "");
  const isWritten = text.split("\n").map((line) => line.trim() !== "");
  const comments = isWritten.filter((written, line) => written && !isCode[line]).length;
  return { isCode, comments };
}

function spread(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return `${at(0.5)} / ${at(0.9)} / ${sorted.at(-1) ?? 0}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
