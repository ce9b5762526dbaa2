import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { expect, test } from "vitest";
import { chunkDocument, estimateTokens, searchTextOf } from "./chunks.ts";
import { outline } from "./outline.ts";

const sentence = (words: number, name: string) => `${`${name} `.repeat(words).trim()}.`;

test("V1: every chunk is word for word the slice of the file at its offsets, in characters and in bytes", () => {
  const piece = constantFrom(
    "# Title\n",
    "## Größe\n\n",
    "Setext\n---\n",
    "A sentence. Another one! ",
    "- item 🙂\r\n",
    "| a | b |\n",
    "```\ncode # no heading\n```\n",
    "\n\n",
    "   ",
    "\uFEFF",
    "x".repeat(2_000),
    "日本語の文。".repeat(40),
  );
  const text = oneof(
    array(piece, { maxLength: 60 }).map((pieces) => pieces.join("")),
    string({ unit: "binary", maxLength: 400 }),
  );
  assert(
    property(text, (text) => {
      const bytes = new TextEncoder().encode(text);
      const isWellFormed = text.isWellFormed();
      const { chunks } = chunkDocument(text, "a.md");
      let end = 0;
      for (const chunk of chunks) {
        expect(chunk.text).toBe(text.slice(chunk.charStart, chunk.charEnd));
        expect(chunk.text.trim()).toBe(chunk.text);
        expect(chunk.charStart).toBeGreaterThanOrEqual(end);
        expect(text.slice(end, chunk.charStart).trim()).toBe("");
        end = chunk.charEnd;
        if (!isWellFormed) continue;
        const slice = bytes.slice(chunk.byteStart, chunk.byteEnd);
        expect(new TextDecoder("utf-8", { ignoreBOM: true }).decode(slice)).toBe(chunk.text);
      }
      expect(text.slice(end).trim()).toBe("");
    }),
    { seed: 20260301, numRuns: 500 },
  );
});

test("chunks have about 120 to 220 tokens and never end with a heading", () => {
  const body = Array.from({ length: 60 }, (_, index) => sentence(12, `word${index}`)).join(" ");
  const sections = ["Alpha", "Beta", "Gamma"].map((name) => `## ${name}\n\n${body}\n`);
  const { chunks } = chunkDocument(`# Guide\n\n${sections.join("\n")}`, "guide.md");
  expect(chunks.length).toBeGreaterThan(10);
  for (const { text } of chunks) {
    expect(estimateTokens(text)).toBeLessThanOrEqual(230);
    expect(text.split("\n").at(-1)).not.toMatch(/^#/);
  }
  const small = chunks.filter(({ text }) => estimateTokens(text) < 120);
  expect(small.length).toBeLessThanOrEqual(3);
});

test("a chunk knows the headings that it stands under, and is found by them and the title", () => {
  const text = `# Handbook\n\n## Leave\n\n${sentence(90, "holiday")}\n\n### Notice\n\n${sentence(90, "early")}\n`;
  const { title, chunks } = chunkDocument(text, "leave.md");
  expect(title).toBe("Handbook");
  expect(chunks.map(({ headings }) => headings)).toEqual([["Leave"], ["Leave", "Notice"]]);
  const found = searchTextOf(title, { headings: ["Leave", "Notice"], text: "early." });
  expect(found).toBe("Handbook > Leave > Notice\nearly.");
});

test.each([
  ["a file without heading is titled by its name", "Only text.", "on-call.md", "on-call"],
  ["an underlined heading counts", "Title\n=====\n\nText.", "a.md", "Title"],
  ["a heading inside code does not", "```\n# no\n```\n\n# Yes\n", "a.md", "Yes"],
  ["closing hashes are not part of it", "# Title ##\n", "a.md", "Title"],
])("%s", (...[, text, fileName, title]) => {
  expect(chunkDocument(text, fileName).title).toBe(title);
});

test("front matter is no passage, and an empty file has none", () => {
  const { chunks } = chunkDocument("---\nowner: x\n---\n# A\n\nText.\n", "a.md");
  expect(chunks.map(({ text }) => text)).toEqual(["# A\n\nText."]);
  expect(chunkDocument("", "a.md").chunks).toEqual([]);
  expect(chunkDocument(" \n\n ", "a.md").chunks).toEqual([]);
});

test("the outline keeps list items and table rows apart and cuts paragraphs at sentences", () => {
  const text = "Intro one. Intro two.\n\n- first\n  goes on\n- second\n\n| a |\n| b |\n";
  expect(outline(text).map(({ start, end }) => text.slice(start, end))).toEqual([
    "Intro one.",
    "Intro two.",
    "- first\n  goes on",
    "- second",
    "| a |",
    "| b |",
  ]);
});
