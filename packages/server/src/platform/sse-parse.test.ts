import { expect, test } from "vitest";
import * as fc from "fast-check";
import { createSseParser, SseFrameTooLargeError, type SseEvent } from "./sse-parse.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const parseAll = (pieces: readonly Uint8Array[]): SseEvent[] => {
  const parser = createSseParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

test.each([
  ["LF", "data: a\n\ndata: b\n\n"],
  ["CRLF", "data: a\r\n\r\ndata: b\r\n\r\n"],
  ["CR", "data: a\r\rdata: b\r\r"],
  ["a BOM", "\uFEFFdata: a\n\ndata: b\n\n"],
  ["comments and unknown fields", ": ping\nid: 7\ndata: a\nretry: 1\n\n:\n\ndata: b\n\n"],
  ["no space after the colon", "data:a\n\ndata:b\n\n"],
])("reads events separated by %s", (_name, text) => {
  expect(parseAll([bytes(text)]).map((event) => event.data)).toEqual(["a", "b"]);
});

test("joins data lines and keeps the event name", () => {
  expect(parseAll([bytes("event: error\ndata: one\ndata: two\n\n")])).toEqual([
    { event: "error", data: "one\ntwo" },
  ]);
});

test("an unfinished last frame is not an event", () => {
  expect(parseAll([bytes("data: a\n\ndata: half\n")])).toHaveLength(1);
});

test("a stream means the same wherever its bytes are cut", () => {
  const text = "\uFEFFdata: süß 語 🚀\r\n\r\nevent: x\rdata: 1\rdata: 2\r\r: c\n\ndata: end\n\n";
  const whole = parseAll([bytes(text)]);
  expect(whole).toHaveLength(3);
  const cuts = fc.uniqueArray(fc.integer({ min: 0, max: bytes(text).length }), { maxLength: 12 });
  fc.assert(
    fc.property(cuts, (positions) => {
      const all = bytes(text);
      const edges = [0, ...positions.toSorted((a, b) => a - b), all.length];
      const pieces = edges.slice(1).map((end, index) => all.slice(edges[index], end));
      expect(parseAll(pieces)).toEqual(whole);
    }),
  );
});

test("a frame without end is refused instead of filling the memory", () => {
  const parser = createSseParser(100);
  expect(() => parser.push(bytes(`data: ${"x".repeat(200)}`))).toThrow(SseFrameTooLargeError);
});
