/** One event of a `text/event-stream`. */
export type SseEvent = { readonly event: string; readonly data: string };

export type SseState = { readonly rest: string; readonly event: string; readonly data: string[] };
export const initialSse: SseState = { rest: "", event: "message", data: [] };

/** Folds the next piece of a stream; pieces may be cut anywhere, lines end with LF or CRLF. */
export function foldSse(
  state: SseState,
  piece: string,
): { readonly state: SseState; readonly events: SseEvent[] } {
  const lines = (state.rest + piece).split("\n");
  const rest = lines.pop() ?? "";
  const events: SseEvent[] = [];
  let { event, data } = state;
  for (const raw of lines) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (line === "") {
      if (data.length > 0) events.push({ event, data: data.join("\n") });
      event = "message";
      data = [];
    } else if (line.startsWith("event:")) {
      event = line.slice("event:".length).trim();
    } else if (line.startsWith("data:")) {
      data = [...data, line.slice("data:".length).replace(/^ /, "")];
    }
  }
  return { state: { rest, event, data }, events };
}

export async function* readSse(body: ReadableStream<Uint8Array>): AsyncGenerator<SseEvent> {
  const decoder = new TextDecoder();
  let state = initialSse;
  for await (const piece of body) {
    const folded = foldSse(state, decoder.decode(piece, { stream: true }));
    state = folded.state;
    yield* folded.events;
  }
}
