/** One server-sent event. Comments and `retry:` never surface. */
export type SseEvent = { readonly event: string; readonly data: string };

export type SseParser = {
  /** Whole events that this piece of the stream completed, in order. */
  push(chunk: Uint8Array): SseEvent[];
};

/** A frame that grows beyond this is an error, so that a provider cannot fill our memory. */
const maxSseFrameChars = 4 * 1024 * 1024;

export class SseFrameTooLargeError extends Error {}

/** Reads `text/event-stream` split at any byte: LF, CR and CRLF, a BOM, multi-line data, UTF-8 in halves.
 *  https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
export function createSseParser(maxFrameChars = maxSseFrameChars): SseParser {
  const decoder = new TextDecoder("utf-8"); // drops a BOM at the start
  let rest = "";
  let event = "";
  let data: string[] = [];
  let frameChars = 0;
  let isAfterCr = false;

  const takeLine = (line: string, out: SseEvent[]): void => {
    frameChars += line.length;
    if (frameChars > maxFrameChars) throw new SseFrameTooLargeError("server-sent event too large");
    if (line === "") {
      if (data.length > 0) out.push({ event: event || "message", data: data.join("\n") });
      event = "";
      data = [];
      frameChars = 0;
      return;
    }
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") data.push(value);
    if (field === "event") event = value;
  };

  return {
    push: (chunk) => {
      const out: SseEvent[] = [];
      let text = decoder.decode(chunk, { stream: true });
      // The LF of a CRLF that was cut between two pieces.
      if (isAfterCr && text.startsWith("\n")) {
        text = text.slice(1);
        isAfterCr = false;
      }
      if (text === "") return out;
      rest += text;
      let start = 0;
      for (const at of lineBreaks(rest)) {
        // The LF of a CRLF ends nothing of its own.
        if (
          at === start &&
          at > 0 &&
          rest.charCodeAt(at) === 10 &&
          rest.charCodeAt(at - 1) === 13
        ) {
          start = at + 1;
          continue;
        }
        takeLine(rest.slice(start, at), out);
        start = at + 1;
      }
      isAfterCr = start > 0 && start === rest.length && rest.charCodeAt(start - 1) === 13;
      rest = rest.slice(start);
      if (rest.length > maxFrameChars)
        throw new SseFrameTooLargeError("server-sent line too large");
      return out;
    },
  };
}

/** Positions of LF and CR. Streams without CR, nearly all, are searched for it once and not again for each line. */
function* lineBreaks(text: string): Generator<number> {
  let lf = text.indexOf("\n");
  let cr = text.indexOf("\r");
  while (lf !== -1 || cr !== -1) {
    if (cr === -1 || (lf !== -1 && lf < cr)) {
      yield lf;
      lf = text.indexOf("\n", lf + 1);
    } else {
      yield cr;
      cr = text.indexOf("\r", cr + 1);
    }
  }
}
