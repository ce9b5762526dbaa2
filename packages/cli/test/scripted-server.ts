import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** What a test's server answers to `METHOD /path`; the body of each request is kept. */
export type Script = Readonly<Record<string, ScriptedAnswer>>;
export type ScriptedAnswer = {
  readonly status?: number;
  readonly json?: unknown;
  /** Text of an event stream, in the pieces in which it is sent. */
  readonly stream?: readonly string[];
};

export type ScriptedServer = {
  readonly origin: string;
  readonly requests: { readonly line: string; readonly body: unknown; readonly token: string }[];
  readonly close: () => Promise<void>;
};

/** A real HTTP server with scripted answers: the client's own code is what is tested. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const requests: ScriptedServer["requests"] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const line = `${request.method ?? ""} ${request.url ?? ""}`;
      requests.push({ line, body, token: request.headers.authorization ?? "" });
      const answer = script[line] ?? { status: 404, json: { error: `not scripted: ${line}` } };
      if (answer.stream) {
        response.writeHead(200, { "content-type": "text/event-stream" });
        for (const piece of answer.stream) response.write(piece);
        response.end();
        return;
      }
      response.writeHead(answer.status ?? 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer.json));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const piece of request) text += String(piece);
  return text === "" ? undefined : (JSON.parse(text) as unknown);
}
