import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvents } from "../src/sse.ts";

async function collect(parts: readonly Uint8Array[]): Promise<string[]> {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
  const events: string[] = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

test("events come out whole wherever the network cuts them, inside a character too", async () => {
  const bytes = new TextEncoder().encode(": hello\r\n\r\ndata: größe\r\n\r\ndata: a\ndata: b\n\nevent: x\n\ndata:c");
  for (let size = 1; size <= bytes.length; size += 1) {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) parts.push(bytes.slice(at, at + size));
    assert.deepEqual(await collect(parts), ["größe", "a\nb", "c"], `cut every ${size} bytes`);
  }
});
