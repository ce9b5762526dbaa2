import { once } from "node:events";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { join } from "node:path";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useDatabase } from "#test/database";
import {
  commitFiles,
  deployInput,
  executeContext,
  startDelivery,
  type TestDelivery,
} from "#test/delivery";
import { manifestText, temporaryFolder } from "#test/services";

const echo = `const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
Deno.serve({ port: Number(Deno.env.get("PORT")), hostname: "127.0.0.1", onListen() {} }, async (request) => {
  const { pathname, search } = new URL(request.url);
  if (pathname === "/healthz") return new Response("ok");
  if (pathname === "/cookie") {
    return new Response("<h1>page</h1>", { headers: {
      "content-type": "text/html", "set-cookie": "causeway=stolen; Path=/", "content-security-policy": "default-src *",
      "x-causeway-principal": "user:default/admin", "clear-site-data": "*", "x-own": "kept" } });
  }
  if (pathname === "/drip") {
    const encoder = new TextEncoder();
    return new Response(new ReadableStream({ async start(out) {
      for (const n of [1, 2, 3]) { out.enqueue(encoder.encode("data: " + n + "\\n\\n")); await wait(100); }
      out.close();
    } }), { headers: { "content-type": "text/event-stream" } });
  }
  if (pathname === "/mirror") return new Response(request.body, { headers: { "content-type": "application/octet-stream" } });
  if (pathname === "/empty") return new Response(null, { status: 204 });
  if (pathname === "/crash") { setTimeout(() => Deno.exit(1), 10); await wait(10000); }
  const body = await request.text();
  return Response.json({ method: request.method, target: pathname + search, headers: Object.fromEntries(request.headers), size: body.length, body: body.slice(0, 100) }, { status: pathname === "/teapot" ? 418 : 200 });
});`;

const { db } = useDatabase();
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let delivery: TestDelivery;
const signedIn = { authorization: "Bearer developer" };

beforeAll(async () => {
  folder = await temporaryFolder();
  delivery = await startDelivery({ db, root: join(folder.path, "home") });
  const files = { "causeway.service.yaml": manifestText, "main.js": echo };
  for (const name of ["inside", "open"]) {
    const commit = await commitFiles(delivery.home, name, files);
    const input = deployInput(name, commit, { public: name === "open" });
    await delivery.deploy.execute(input, executeContext({ key: name }));
  }
});
afterAll(async () => {
  await delivery.stop();
  await folder.remove();
});

/** What the service answers, or what the ingress says instead. */
type Answer = {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly size: number;
  readonly body: string;
  readonly code: string;
  readonly fix: string;
};

async function call(path: string, options: Parameters<typeof request>[1] = {}) {
  const answer = await request(`${delivery.origin}${path}`, options);
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    json: () => JSON.parse(text) as Answer, // the test says which members it expects
  };
}

/** Exactly these bytes as the request target, which no client library would send. */
async function raw(target: string, header = ""): Promise<{ status: number; body: string }> {
  const port = Number(new URL(delivery.origin).port);
  const socket = connect(port, "127.0.0.1");
  socket.write(
    `GET ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer developer\r\nconnection: close\r\n${header}\r\n`,
  );
  let text = "";
  socket.setEncoding("latin1").on("data", (piece: string) => (text += piece));
  await once(socket, "close");
  return { status: Number(text.split(" ")[1]), body: text.slice(text.indexOf("\r\n\r\n") + 4) };
}

test("an anonymous caller is refused, a program by a problem and a browser by a page", async () => {
  const program = await call("/services/inside/ask");
  expect(program.status).toBe(401);
  expect(program.headers["content-type"]).toContain("application/problem+json");
  expect(program.json().code).toBe("not_signed_in");
  const browser = await call("/services/inside/", { headers: { accept: "text/html,*/*" } });
  expect(browser.status).toBe(401);
  expect(browser.headers["content-type"]).toContain("text/html");
  expect(browser.text).toContain("Sign in first");
});

test("an anonymous caller cannot tell which services exist", async () => {
  const known = await call("/services/inside/");
  const unknown = await call("/services/nobody/");
  expect(unknown.status).toBe(known.status);
  expect(unknown.json().code).toBe(known.json().code);
});

test("a signed-in caller gets through as who they are, and a public service is open to all", async () => {
  const mine = await call("/services/inside/ask?q=1", { headers: signedIn });
  expect(mine.json()).toMatchObject({ method: "GET", target: "/ask?q=1" });
  expect(mine.json().headers["x-causeway-principal"]).toBe("user:default/developer");
  const anonymous = await call("/services/open/");
  expect(anonymous.status).toBe(200);
  expect(anonymous.json().headers["x-causeway-principal"]).toBeUndefined();
});

test("what proves a caller to the platform never reaches a service", async () => {
  const traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
  const { headers } = (
    await call("/services/inside/", {
      headers: {
        ...signedIn,
        cookie: "causeway=secret",
        "proxy-authorization": "Basic secret",
        "x-causeway-principal": "user:default/admin",
        "x-causeway-internal": "secret",
        "x-forwarded-prefix": "/evil",
        "x-own": "kept",
        traceparent,
      },
    })
  ).json();
  expect(JSON.stringify(headers)).not.toContain("secret");
  expect(headers).toMatchObject({
    "x-causeway-principal": "user:default/developer",
    "x-forwarded-prefix": "/services/inside",
    "x-own": "kept",
    traceparent,
  });
  expect(headers["host"]).toMatch(/^127\.0\.0\.1:\d+$/);
});

test("a caller without a trace gets one", async () => {
  const { headers } = (await call("/services/open/")).json();
  expect(headers["traceparent"]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});

test("an answer can set no cookie and its page runs in an origin of its own", async () => {
  const { headers, text } = await call("/services/open/cookie");
  expect(text).toBe("<h1>page</h1>");
  expect(headers["set-cookie"]).toBeUndefined();
  expect(headers["clear-site-data"]).toBeUndefined();
  expect(headers["x-causeway-principal"]).toBeUndefined();
  expect(headers["content-security-policy"]).toBe("sandbox allow-scripts allow-forms");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["x-own"]).toBe("kept");
});

test.each(["POST", "PUT", "PATCH", "DELETE"] as const)(
  "%s goes through with its body as it is",
  async (method) => {
    const body = '{"not": "parsed';
    const headers = { "content-type": "application/json" };
    const answer = await call("/services/open/x", { method, body, headers });
    expect(answer.json()).toMatchObject({ method, body });
    expect(answer.json().headers["content-type"]).toBe("application/json");
  },
);

test("status, empty answers and HEAD come back as they are", async () => {
  expect((await call("/services/open/teapot")).status).toBe(418);
  expect(await call("/services/open/empty")).toMatchObject({ status: 204, text: "" });
  expect(await call("/services/open/", { method: "HEAD" })).toMatchObject({
    status: 200,
    text: "",
  });
});

test("an answer streams through piece by piece", async () => {
  const answer = await request(`${delivery.origin}/services/open/drip`);
  const pieces: string[] = [];
  for await (const piece of answer.body) pieces.push(String(piece));
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.join("")).toBe("data: 1\n\ndata: 2\n\ndata: 3\n\n");
});

test("a request streams through piece by piece, and the answer begins before it ends", async () => {
  const body = new Readable({ read: () => {} });
  body.push("first ");
  const answer = await request(`${delivery.origin}/services/open/mirror`, { method: "POST", body });
  const pieces = answer.body[Symbol.asyncIterator]();
  expect(String((await pieces.next()).value)).toBe("first ");
  body.push("second");
  body.push(null);
  expect(String((await pieces.next()).value)).toBe("second");
});

test("a body beyond the limit is refused, announced or not", async () => {
  const limit = 32 * 1024 * 1024;
  const announced = await raw("/services/open/x", `content-length: ${limit + 1}\r\n`);
  expect(announced.status).toBe(400);
  expect(announced.body).toContain("body_too_large");
  const piece = Buffer.alloc(1024 * 1024);
  const silent = await call("/services/open/x", {
    method: "POST",
    body: Readable.from(Array.from({ length: 33 }, () => piece)),
  }).catch((error: unknown) => error);
  expect(silent).toMatchObject({ status: 400 });
});

test("the service's root gets its slash", async () => {
  const answer = await call("/services/open?a=1");
  expect(answer.status).toBe(308);
  expect(answer.headers["location"]).toBe("/services/open/?a=1");
});

test("an unknown service is told to whoever is signed in", async () => {
  const answer = await call("/services/nobody/x", { headers: signedIn });
  expect(answer.status).toBe(404);
  expect(answer.json().code).toBe("service_not_found");
});

test.each([
  "/services/open/../../api/services",
  "/services/open/%2e%2e/%2e%2e/api/services",
  "/services/open/..%2f..%2fapi",
  "/services/open%2f..%2finside/",
  "/services/open/a%5c..%5cb",
  "/services/open/x//evil.example/",
  "/services/open//../api",
  "/services/../api/services",
  "/services/%6fpen/",
  "/services/open/%00",
  "http://127.0.0.1/services/open/",
  "http://evil.example/services/open/",
])("the target %s reaches no service", async (target) => {
  const { status, body } = await raw(target);
  expect([400, 404]).toContain(status);
  expect(body).not.toContain('"target"');
});

test("a harmless encoded path arrives byte for byte", async () => {
  const { status, body } = await raw("/services/open/a%20b/%E2%82%AC?x=%2F..%2f");
  expect(status).toBe(200);
  expect(body).toContain('"target":"/a%20b/%E2%82%AC?x=%2F..%2f"');
});

test("a doubled slash after the name arrives as one, so it can never read as another host", async () => {
  const { status, body } = await raw("/services/open//evil.example/");
  expect(status).toBe(200);
  expect(body).toContain('"target":"/evil.example/"');
});

test("a service that dies in the middle of a request is reported as down, with what to do", async () => {
  const answer = await call("/services/open/crash");
  expect(answer.status).toBe(503);
  expect(answer.headers["retry-after"]).toBe("2");
  expect(answer.json()).toMatchObject({
    code: "service_down",
    fix: expect.stringContaining("/api/services/open/logs"),
  });
});
