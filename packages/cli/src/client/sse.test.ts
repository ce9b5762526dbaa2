import { expect, test } from "vitest";
import { foldSse, initialSse, type SseEvent } from "./sse.ts";

const text = 'event: step\ndata: {"a":1}\n\n: heartbeat\n\ndata: two\r\ndata: lines\r\n\r\n';
const events: SseEvent[] = [
  { event: "step", data: '{"a":1}' },
  { event: "message", data: "two\nlines" },
];

test("events come out whole wherever the stream is cut", () => {
  for (let cut = 0; cut <= text.length; cut += 1) {
    const first = foldSse(initialSse, text.slice(0, cut));
    const second = foldSse(first.state, text.slice(cut));
    expect([...first.events, ...second.events]).toEqual(events);
  }
});
