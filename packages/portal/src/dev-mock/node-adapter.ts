import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { answer } from "./handler.ts";

/** Node's request to the web's and back. False = not ours. */
export async function answerFromMock(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  const answered = await answer(
    new Request(new URL(request.url ?? "/", "http://mock.example"), {
      method: request.method ?? "GET",
      headers: { cookie: request.headers.cookie ?? "" },
      signal: gone.signal,
      ...(hasBody ? { body: await readAll(request) } : {}),
    }),
  );
  if (!answered) return false;
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  if (!answered.body) response.end();
  // A watcher who leaves breaks the pipe: nothing to tell.
  else await pipeline(Readable.fromWeb(answered.body as never), response).catch(() => undefined); // Two typings of one stream.
  return true;
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
