import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  startScriptedProvider,
  type ProviderCall,
  type ScriptedProvider,
} from "#test/scripted-provider";
import { describeConformance, fold, receive } from "../conformance.ts";
import type { Transport } from "../provider.ts";
import { createHttpTransport, openAiReader, toOpenAiRequest } from "./index.ts";
import type { OpenAiCall } from "./to-request.ts";

const fixture = (name: string): string =>
  readFileSync(new URL(`./__fixtures__/${name}`, import.meta.url), "utf8");

const started: { server?: ScriptedProvider; transport?: Transport } = {};

/** Answers as the request's `x-script` says. */
function script(response: ServerResponse, { request, body }: ProviderCall): void {
  const json = { "content-type": "application/json" };
  const events = { "content-type": "text/event-stream; charset=utf-8" };
  const stream = fixture("stream.txt");
  switch (String(request.headers["x-script"])) {
    case "429":
      response.writeHead(429, { ...json, "retry-after": "3" });
      response.end(
        '{"error":{"message":"Rate limit reached","type":"tokens","param":null,"code":"rate_limit_exceeded"}}',
      );
      return;
    case "500":
      response.writeHead(500, { "content-type": "text/html" });
      response.end("<html>oops</html>");
      return;
    case "crlf":
      response.writeHead(200, events);
      response.end(stream.replaceAll("\n", "\r\n"));
      return;
    case "bytes":
      response.writeHead(200, events);
      for (const byte of Buffer.from(stream)) response.write(Buffer.from([byte]));
      response.end();
      return;
    case "cut":
      response.writeHead(200, events);
      response.write(stream.slice(0, 700));
      setImmediate(() => response.destroy());
      return;
    case "tools":
      response.writeHead(200, events);
      response.end(fixture("tools.txt"));
      return;
    default:
      if (body["stream"] === true) {
        response.writeHead(200, events);
        const [first = "", ...rest] = stream.split(/(?<=\n\n)/);
        response.write(first);
        // Frame by frame, so that there is something left to pause.
        const next = (): void => {
          const frame = rest.shift();
          if (frame === undefined) response.end();
          else response.write(frame, () => setTimeout(next, 1));
        };
        setTimeout(next, 1);
        return;
      }
      response.writeHead(200, json);
      response.end(
        request.url === "/v1/embeddings"
          ? '{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,0.5]}],"model":"m","usage":{"prompt_tokens":2,"total_tokens":2}}'
          : fixture("chat.json"),
      );
  }
}

beforeAll(async () => {
  started.server = await startScriptedProvider(script);
  started.transport = createHttpTransport({
    baseUrl: started.server.baseUrl,
    connectTimeoutMs: 1_000,
    connections: 4,
  });
});
afterAll(async () => {
  await started.transport?.close();
  await started.server?.close();
});

function transport(): Transport {
  if (!started.transport) throw new Error("not started");
  return started.transport;
}

function request(more: Partial<OpenAiCall> = {}, behaviour = "well") {
  return toOpenAiRequest({
    operation: "chat",
    body: `{"model":"public","messages":[]${more.stream ? ',"stream":true' : ""}}`,
    providerModel: "upstream",
    stream: false,
    streamOptions: undefined,
    outputLimit: undefined,
    headers: { "content-type": "application/json", "x-script": behaviour },
    ...more,
  });
}

describe("openai", () => {
  describeConformance({
    transport,
    reader: openAiReader,
    chat: { request: request(), text: "Hello, Acme!", usage: { inputTokens: 11, outputTokens: 4 } },
    stream: {
      request: request({ stream: true }),
      text: "Grüße, Acme 🚀",
      usage: { inputTokens: 12, outputTokens: 5 },
    },
    embeddings: { request: request({ operation: "embeddings" }), vectors: 1, dimensions: 2 },
    refusal: { request: request({}, "429"), status: 429, code: "rate_limit_exceeded" },
  });
});

test.each(["crlf", "bytes"])("reads a stream whose frames come as %s", async (behaviour) => {
  const { chunks } = await receive(transport(), request({ stream: true }, behaviour));
  expect(fold(openAiReader, chunks).state.text).toBe("Grüße, Acme 🚀");
});

test("a cut stream is a failure after what came before", async () => {
  const { chunks, failure } = await receive(transport(), request({ stream: true }, "cut"));
  expect(failure).toBeInstanceOf(Error);
  const { kinds } = fold(openAiReader, chunks);
  expect(kinds).not.toContain("done");
  expect(kinds.length).toBeGreaterThan(0);
});

test("an error page without JSON still says its status", async () => {
  const { status, body } = await receive(transport(), request({}, "500"));
  expect(openAiReader.readFailure(status, body)).toMatchObject({
    status: 500,
    type: "server_error",
  });
});

test("nobody at the address is a failure", async () => {
  const nowhere = createHttpTransport({
    baseUrl: "http://127.0.0.1:1/v1",
    connectTimeoutMs: 500,
    connections: 1,
  });
  expect((await receive(nowhere, request())).failure).toMatchObject({ code: "ECONNREFUSED" });
  await nowhere.close();
});

test("arguments of tools count as generated text", async () => {
  const { chunks } = await receive(transport(), request({ stream: true }, "tools"));
  expect(fold(openAiReader, chunks).state).toEqual({ text: 'find{"q":1}', usage: undefined });
});

test.each<[string, Partial<OpenAiCall>, string]>([
  [
    "only the model's name",
    { body: '{"seed":1.50,"model":"a","tools":[]}' },
    '{"seed":1.50,"model":"upstream","tools":[]}',
  ],
  [
    "usage of a stream, beside the options that are there",
    {
      body: '{"model":"a","stream":true,"stream_options":{"include_obfuscation":false}}',
      stream: true,
      streamOptions: { include_obfuscation: false },
    },
    '{"model":"upstream","stream":true,"stream_options":{"include_obfuscation":false,"include_usage":true}}',
  ],
  [
    "the output limit, and drops the older name of it",
    {
      body: '{"model":"a","max_tokens":9000,"max_completion_tokens":9000}',
      outputLimit: { field: "max_completion_tokens", value: 100 },
    },
    '{"model":"upstream","max_completion_tokens":100}',
  ],
])("changes %s", (_name, call, expected) => {
  expect(request(call).body).toBe(expected);
});
