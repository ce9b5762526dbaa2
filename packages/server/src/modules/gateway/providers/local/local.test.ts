import { describe, expect, test } from "vitest";
import { describeConformance, fold, receive } from "../conformance.ts";
import { openAiReader } from "../openai/index.ts";
import { loadTokenizer } from "../tokenizer.ts";
import { createLocalTransport } from "./index.ts";

const transport = createLocalTransport({
  now: () => new Date("2026-01-01T00:00:00Z"),
  newId: (prefix) => `${prefix}_1`,
});

const messages = [
  { role: "system", content: "Max sentences: 1. Cite as [n]." },
  {
    role: "user",
    content:
      "Passages:\n\n[1] Leave (leave.md)\nEverybody has 30 days of leave.\n\nQuestion: How many days of leave do I have?",
  },
];
const answer = "“Everybody has 30 days of leave.” [1]";

function chat(more: Record<string, unknown> = {}) {
  const body = JSON.stringify({ model: "extract-1", messages, ...more });
  return { path: "/chat/completions", headers: {}, body };
}

function embeddings(more: Record<string, unknown>) {
  return { path: "/embeddings", headers: {}, body: JSON.stringify({ model: "hash-256", ...more }) };
}

describe("local", () => {
  const usage = { inputTokens: 57, outputTokens: 14 };
  describeConformance({
    transport: () => transport,
    reader: openAiReader,
    chat: { request: chat(), text: answer, usage },
    stream: {
      request: chat({ stream: true, stream_options: { include_usage: true } }),
      text: answer,
      usage,
    },
    embeddings: { request: embeddings({ input: ["a", "b"] }), vectors: 2, dimensions: 256 },
    refusal: { request: chat({ n: 2 }), status: 400, code: "unsupported_by_local_model" },
  });
});

test("says the same to the same question, byte for byte", async () => {
  const first = await receive(transport, chat());
  const second = await receive(transport, chat());
  expect(first.body).toBe(second.body);
});

test("streams a frame a token", async () => {
  const { chunks } = await receive(transport, chat({ stream: true }));
  const tokenizer = await loadTokenizer();
  // The role, each token or whole character, the finish and the end.
  expect(chunks).toHaveLength(tokenizer.split(answer).length + 3);
  expect(fold(openAiReader, chunks).kinds).not.toContain("usage");
});

test("a text cut at tokens is whole again when joined, and counts the same", async () => {
  const tokenizer = await loadTokenizer();
  for (const text of [
    answer,
    "語🚀 naïve <|endoftext|> x",
    "a".repeat(1_000),
    " ".repeat(700),
    "\uFFFD!",
  ]) {
    const pieces = tokenizer.split(text);
    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
    expect(pieces.reduce((sum, piece) => sum + piece.tokens, 0)).toBe(tokenizer.count(text));
  }
});

test("stops at the output limit and says so", async () => {
  const { body } = await receive(transport, chat({ max_tokens: 3 }));
  const parsed = JSON.parse(body) as { choices: { finish_reason: string }[] };
  expect(parsed.choices[0]?.finish_reason).toBe("length");
  expect(openAiReader.readUsage(parsed)?.outputTokens).toBe(3);
});

test("embeds tokens as the text that they stand for", async () => {
  const tokenizer = await loadTokenizer();
  const text = "release process";
  const read = async (input: unknown) =>
    (JSON.parse((await receive(transport, embeddings({ input }))).body) as { data: unknown }).data;
  const { encode } = await import("gpt-tokenizer/encoding/p50k_base");
  expect(await read(encode(text))).toEqual(await read(text));
  expect(tokenizer.count(text)).toBe(2);
});

test.each([
  ["another model", chat({ model: "gpt-4o" }), /extract-1/],
  [
    "a picture",
    chat({ messages: [{ role: "user", content: [{ type: "image_url" }] }] }),
    /text only/,
  ],
  ["no message", chat({ messages: [] }), /messages/],
  ["other dimensions", embeddings({ input: "a", dimensions: 8 }), /256/],
  ["no input", embeddings({}), /input/],
])("refuses %s and says what it can do", async (_name, request, reason) => {
  const { status, body } = await receive(transport, request);
  expect(status).toBe(400);
  expect(openAiReader.readFailure(status, body).message).toMatch(reason);
});
