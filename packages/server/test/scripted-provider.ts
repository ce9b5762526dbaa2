import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type ProviderCall = {
  readonly request: IncomingMessage;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
};
export type ScriptedProvider = {
  readonly baseUrl: string;
  readonly calls: ProviderCall[];
  close(): Promise<void>;
};

/** A server that answers as its script says: outbound HTTP is one of the few things that tests may double. */
export async function startScriptedProvider(
  script: (response: ServerResponse, call: ProviderCall, index: number) => void,
): Promise<ScriptedProvider> {
  const calls: ProviderCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const call = { request, text, body: JSON.parse(text || "{}") as ProviderCall["body"] };
      calls.push(call);
      script(response, call, calls.length - 1);
    });
  });
  const port = await listenAnywhere(server);
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listenAnywhere(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
}
