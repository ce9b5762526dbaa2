import { expect, test } from "vitest";
import type { TokenCounts } from "@causeway/contract";
import { createSseParser } from "#platform/sse-parse";
import {
  initialStream,
  type AnswerReader,
  type Transport,
  type UpstreamHeaders,
  type UpstreamRequest,
} from "./provider.ts";

/** What a provider must do whatever its address: the relay relies on nothing else. Each provider brings requests that make
 *  it show these behaviours; a double that passes may stand for a provider in other tests. */
export type ConformanceSubject = {
  readonly transport: () => Transport;
  readonly reader: AnswerReader;
  readonly chat: ChatCase;
  readonly stream: ChatCase;
  readonly embeddings: {
    readonly request: UpstreamRequest;
    readonly vectors: number;
    readonly dimensions: number;
  };
  /** A request that is refused with a status of 400 or more. */
  readonly refusal: {
    readonly request: UpstreamRequest;
    readonly status: number;
    readonly code: string | null;
  };
};
type ChatCase = {
  readonly request: UpstreamRequest;
  readonly text: string;
  readonly usage: TokenCounts;
};

export type Received = {
  readonly status: number;
  readonly headers: UpstreamHeaders;
  readonly chunks: readonly Uint8Array[];
  readonly body: string;
  readonly failure: Error | undefined;
};

/** Everything that a transport tells about one request. */
export function receive(transport: Transport, request: UpstreamRequest): Promise<Received> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let head: { status: number; headers: UpstreamHeaders } = { status: 0, headers: {} };
    const done = (failure?: Error): void =>
      resolve({ ...head, chunks, body: Buffer.concat(chunks).toString("utf8"), failure });
    transport.send(request, {
      head: (status, headers) => {
        head = { status, headers };
      },
      data: (chunk) => chunks.push(chunk),
      end: () => done(),
      failure: done,
    });
  });
}

/** The stream folded as the relay folds it. */
export function fold(reader: AnswerReader, chunks: readonly Uint8Array[]) {
  const parser = createSseParser();
  let state = initialStream;
  const kinds: string[] = [];
  for (const event of chunks.flatMap((chunk) => parser.push(chunk))) {
    const step = reader.foldStream(state, event.data);
    kinds.push(step.kind === "chunk" && step.isUsageOnly ? "usage" : step.kind);
    if (step.kind === "chunk") state = step.state;
  }
  return { state, kinds };
}

export function describeConformance(subject: ConformanceSubject): void {
  test("gives a whole answer with text and usage", async () => {
    const { status, body } = await receive(subject.transport(), subject.chat.request);
    expect(status).toBe(200);
    const answer: unknown = JSON.parse(body);
    expect(subject.reader.readText(answer)).toBe(subject.chat.text);
    expect(subject.reader.readUsage(answer)).toEqual(subject.chat.usage);
  });

  test("streams the same in frames, with usage in one of its own and an end", async () => {
    const { status, headers, chunks } = await receive(subject.transport(), subject.stream.request);
    expect(status).toBe(200);
    expect(headers["content-type"]).toMatch(/^text\/event-stream/);
    const { state, kinds } = fold(subject.reader, chunks);
    expect(state).toEqual({ text: subject.stream.text, usage: subject.stream.usage });
    expect(kinds.slice(-2)).toEqual(["usage", "done"]);
  });

  test("embeds", async () => {
    const { status, body } = await receive(subject.transport(), subject.embeddings.request);
    expect(status).toBe(200);
    const answer = JSON.parse(body) as { data: { index: number; embedding: number[] }[] }; // asserted below
    expect(answer.data.map(({ index }) => index)).toEqual([
      ...Array(subject.embeddings.vectors).keys(),
    ]);
    for (const { embedding } of answer.data) {
      expect(embedding).toHaveLength(subject.embeddings.dimensions);
    }
    expect(subject.reader.readUsage(answer)).toMatchObject({ outputTokens: 0 });
  });

  test("refuses in words that reach the caller", async () => {
    const { status, body } = await receive(subject.transport(), subject.refusal.request);
    expect(status).toBe(subject.refusal.status);
    const failure = subject.reader.readFailure(status, body);
    expect(failure).toMatchObject({ status, code: subject.refusal.code });
    expect(failure.message).not.toBe("");
  });

  test("tells nothing more after an abort", async () => {
    const told: string[] = [];
    const aborted = Promise.withResolvers<void>();
    const control = subject.transport().send(subject.stream.request, {
      head: () => told.push("head"),
      data: () => {
        told.push("data");
        control.abort();
        aborted.resolve();
      },
      end: () => told.push("end"),
      failure: () => told.push("failure"),
    });
    await aborted.promise;
    // Another whole exchange gives whatever was still coming the time to come.
    await receive(subject.transport(), subject.chat.request);
    expect(told).toEqual(["head", "data"]);
  });

  test("holds still while paused and goes on where it was", async () => {
    const chunks: Uint8Array[] = [];
    const paused = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const control = subject.transport().send(subject.stream.request, {
      head: () => {},
      data: (chunk) => {
        chunks.push(chunk);
        if (chunks.length > 1) return;
        control.pause();
        paused.resolve();
      },
      end: () => ended.resolve(),
      failure: ended.reject,
    });
    await paused.promise;
    await receive(subject.transport(), subject.chat.request);
    expect(chunks).toHaveLength(1);
    control.resume();
    await ended.promise;
    expect(fold(subject.reader, chunks).state.text).toBe(subject.stream.text);
  });
}
