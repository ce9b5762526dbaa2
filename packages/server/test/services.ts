/** Services in the real sandbox: folders to run, a stand-in for the gateway, a port that nobody may reach. */
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "causeway-delivery-")));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Files by their relative path. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}

export async function copyFolder(from: URL, to: string): Promise<string> {
  await cp(from, to, { recursive: true });
  return to;
}

export type Listener = {
  readonly port: number;
  /** `METHOD target` of everything that came in. */
  readonly seen: string[];
  close(): Promise<void>;
};

/** An HTTP server on loopback that notes who came. */
export async function listen(
  answer: (target: string) => { status?: number; location?: string; body: string },
): Promise<Listener> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const target = request.url ?? "";
    seen.push(`${request.method} ${target}`);
    const { status = 200, location, body } = answer(target);
    response.writeHead(status, location === undefined ? {} : { location }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: portOf(server), seen, close: () => closeServer(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export const manifestText = "runner: deno\nentry: main.js\negress: [gateway]\n";

/** A service that is healthy at once and answers `/` with `text`. */
export function healthyService(text: string): Record<string, string> {
  return {
    "causeway.service.yaml": manifestText,
    "main.js": `Deno.serve({ port: Number(Deno.env.get("PORT")), hostname: "127.0.0.1", onListen() {} }, (request) => {
  const { pathname, search } = new URL(request.url);
  if (pathname === "/healthz") return new Response("ok");
  return Response.json({ text: ${JSON.stringify(text)}, target: pathname + search, key: Deno.env.get("CAUSEWAY_KEY") });
});
console.log("started", Deno.env.get("CAUSEWAY_KEY"));
`,
  };
}
