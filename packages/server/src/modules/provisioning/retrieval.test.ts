import { expect, test } from "vitest";
import { checkEntries, decodeDocument, roleOf } from "./documents.ts";
import { createExactIndex, normalize, type IndexRows, type LoadedChunk } from "./exact-index.ts";
import { fuseRanks, takeHighest } from "./fuse-ranks.ts";
import { startLexicalIndex } from "./lexical.ts";
import { listTerms } from "./terms.ts";

test("terms are lower case, without accents, stop words and plural s", () => {
  expect(listTerms("The Cafés of the companies: 3 claims, classes & status!")).toEqual([
    "cafe",
    "company",
    "3",
    "claim",
    "class",
    "status",
  ]);
  expect(listTerms("what is it")).toEqual(["what", "is", "it"]);
});

function lexicalIndex(texts: readonly string[]) {
  const builder = startLexicalIndex();
  for (const text of texts) builder.add(text);
  return builder.build();
}

test("BM25 prefers rare terms, more occurrences and shorter texts", () => {
  const index = lexicalIndex([
    "travel cost cost",
    "travel",
    "travel by train, which is slow but pleasant for everybody on board",
    "garden",
  ]);
  const scores = [...index.score("travel cost")].toSorted((a, b) => b.score - a.score);
  expect(scores.map(({ position }) => position)).toEqual([0, 1, 2]);
  expect([...index.score("nothing of this")]).toEqual([]);
  expect([...lexicalIndex([]).score("travel")]).toEqual([]);
});

test("what several rankings place high comes first; one ranking alone keeps its order", () => {
  const ranking = (...positions: number[]) => positions.map((position) => ({ position, score: 0 }));
  expect(fuseRanks([ranking(1, 2, 3), ranking(2, 3)]).map(({ position }) => position)).toEqual([
    2, 3, 1,
  ]);
  expect(fuseRanks([ranking(5, 4), []]).map(({ position }) => position)).toEqual([5, 4]);
  expect(fuseRanks([ranking(7), ranking(7)])[0]?.score).toBeCloseTo(1);
});

test("the highest scores come in order, and equal ones in the order of the documents", () => {
  const scores = [0.2, 0.9, 0.5, 0.9, 0.1].map((score, position) => ({ position, score }));
  expect(takeHighest(scores, 3).map(({ position }) => position)).toEqual([1, 3, 2]);
  expect(takeHighest(scores, 9)).toHaveLength(5);
});

type Memory = { dimensions: number; chunks: readonly LoadedChunk[] };
type MemoryRows = IndexRows & { revision: number; loads: number; store: Memory; isDown: boolean };

function memoryRows(store: Memory): MemoryRows {
  const rows: MemoryRows = {
    revision: 1,
    loads: 0,
    store,
    isDown: false,
    describe: async () => {
      const { dimensions, chunks } = rows.store;
      return { revision: rows.revision, dimensions, chunks: chunks.length };
    },
    pages: async function* () {
      if (rows.isDown) throw new Error("the database is restarting");
      rows.loads += 1;
      for (const chunk of rows.store.chunks) yield [chunk];
    },
  };
  return rows;
}
const chunk = (id: string, vector: number[], searchText: string) => ({
  id,
  vector: new Float32Array(vector),
  searchText,
});
const question = { store: "s", vector: new Float32Array([1, 0]), text: "leave", limit: 2 };

test("the exact index joins nearness and words, loads once, and again when the store has changed", async () => {
  const rows = memoryRows({
    dimensions: 2,
    chunks: [
      chunk("far", [0, 1], "garden"),
      chunk("both", [4, 1], "leave"),
      chunk("near", [1, 0], "x"),
    ],
  });
  const index = createExactIndex(rows);
  const [first, second] = await Promise.all([index.search(question), index.search(question)]);
  expect(first.map(({ chunkId }) => chunkId)).toEqual(["both", "near"]);
  expect(second).toEqual(first);
  expect(rows.loads).toBe(1);
  rows.store = { dimensions: 2, chunks: [chunk("new", [1, 0], "leave")] };
  rows.revision = 2;
  expect((await index.search(question)).map(({ chunkId }) => chunkId)).toEqual(["new"]);
  expect(rows.loads).toBe(2);
});

test("a vector of other dimensions is refused in words, an empty store answers nothing", async () => {
  const index = createExactIndex(memoryRows({ dimensions: 3, chunks: [] }));
  await expect(index.search(question)).rejects.toMatchObject({ code: "wrong_dimensions" });
  const empty = createExactIndex(memoryRows({ dimensions: 2, chunks: [] }));
  expect(await empty.search(question)).toEqual([]);
  expect(normalize(new Float32Array([0, 0]))).toEqual(new Float32Array([0, 0]));
});

test("a store that fails to load is tried again", async () => {
  const rows = memoryRows({ dimensions: 2, chunks: [chunk("a", [1, 0], "leave")] });
  rows.isDown = true;
  const index = createExactIndex(rows);
  await expect(index.search(question)).rejects.toThrow("restarting");
  rows.isDown = false;
  expect(await index.search(question)).toHaveLength(1);
});

test.each([
  ["guide.md", "document"],
  ["a/b.TXT", "document"],
  ["logo.png", "other"],
  ["data.json", "other"],
  ["report.pdf", "unknown"],
  ["LICENSE", "unknown"],
])("%s counts as %s", (path, role) => {
  expect(roleOf(path)).toBe(role);
});

test("entries that cannot be loaded are named with path, size and limit", () => {
  const issues = checkEntries([
    { path: "a.md", bytes: 1, kind: "file" },
    { path: "big.md", bytes: 50 * 1024 * 1024, kind: "file" },
    { path: "big.png", bytes: 50 * 1024 * 1024, kind: "file" },
    { path: "out.md", bytes: 1, kind: "link-outside" },
    { path: "secret.md", bytes: 1, kind: "unreadable" },
  ]);
  expect(issues).toEqual([
    { path: "big.md", message: "has 50.0 MB; a document may have 10.0 MB" },
    { path: "out.md", message: "is a link that leads out of the folder" },
    { path: "secret.md", message: "cannot be read by the platform" },
  ]);
});

test("only UTF-8 text is a document, and its byte order mark stays", () => {
  expect(decodeDocument(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toEqual({
    kind: "text",
    text: "\uFEFFa",
  });
  expect(decodeDocument(new Uint8Array([0x61, 0]))).toMatchObject({ kind: "binary" });
  expect(decodeDocument(new Uint8Array([0xff, 0xfe, 0x61]))).toMatchObject({ kind: "binary" });
});
