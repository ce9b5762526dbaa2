import { expect, test } from "vitest";
import { renderTree, type RenderOptions, type TreeEntry } from "./render-tree.ts";

const options: RenderOptions = {
  values: { name: "handbook", docs: true, empty: "" },
  isRaw: () => false,
  cookiecutterCompat: false,
  trimBlocks: false,
  lstripBlocks: false,
  filters: {},
};

function file(path: string, content: string | Uint8Array = ""): TreeEntry {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { kind: "file", path, content: bytes, isExecutable: false };
}

function render(entries: readonly TreeEntry[], extra: Partial<RenderOptions> = {}) {
  return renderTree(entries, { ...options, ...extra }).map((entry) => [
    entry.path,
    entry.kind === "file" ? new TextDecoder().decode(entry.content) : entry.kind,
  ]);
}

test("renders paths and contents, and leaves plain braces alone", () => {
  expect(
    render([file("${{ values.name }}/a.md", "# ${{ values.name }} {{question}} ${x}")]),
  ).toEqual([["handbook/a.md", "# handbook {{question}} ${x}"]]);
});

test.each([
  ["an empty path", "${{ values.empty }}"],
  ["a path that begins with a slash", "${{ values.empty }}/a.md"],
  ["a path with an empty folder name", "docs/${{ values.empty }}/a.md"],
  ["a path without file name", "docs/${{ values.empty }}"],
])("leaves a file out by %s", (_case, path) => {
  expect(render([file(path)])).toEqual([]);
});

test("renders the name but not the content of a raw file", () => {
  const isRaw = (path: string) => path.startsWith("src/");
  expect(render([file("src/${{ values.name }}.ts", "${{ values.name }}")], { isRaw })).toEqual([
    ["src/handbook.ts", "${{ values.name }}"],
  ]);
});

test("with a template extension renders only such files, which lose it", () => {
  expect(
    render([file("a.md.njk", "${{ values.name }}"), file("b.md", "${{ values.name }}")], {
      templateFileExtension: ".njk",
    }),
  ).toEqual([
    ["a.md", "handbook"],
    ["b.md", "${{ values.name }}"],
  ]);
});

test("copies binaries and symlinks as they are and keeps the executable bit", () => {
  const binary = new Uint8Array([36, 123, 123, 0, 255]);
  const entries: TreeEntry[] = [
    { kind: "file", path: "logo.png", content: binary, isExecutable: false },
    { kind: "symlink", path: "link", target: "logo.png" },
    { kind: "file", path: "run.sh", content: new Uint8Array(), isExecutable: true },
  ];
  expect(renderTree(entries, options)).toEqual(entries);
});

test("speaks cookiecutter when asked", () => {
  expect(
    render([file("a", "{{ cookiecutter.name }} ${{ values.name }}")], { cookiecutterCompat: true }),
  ).toEqual([["a", "handbook $"]]);
});

test("says file, line and column of a wrong expression", () => {
  expect(() => render([file("a.md", "one\ntwo ${{ values. }}")])).toThrow(
    /a\.md:2:\d+ cannot be rendered/,
  );
});
