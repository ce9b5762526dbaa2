import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { useDatabase } from "#test/database";
import { silentLog } from "#platform/log";
import { createApp, type App } from "../../http/app.ts";
import { installAuthentication } from "../../http/authenticate.ts";
import { createIdentity, type Directory, type IdentityModule } from "./index.ts";

const { db } = useDatabase();
const host = "127.0.0.1:7400";
const origin = `http://${host}`;
const admin = "user:default/admin";
const developer = "user:default/developer";

const directory: Directory = {
  describe: async (ref) =>
    ref === developer ? { displayName: "Developer", groups: ["group:default/product"] } : undefined,
};
let now: Date;
let identity: IdentityModule;
let app: App;

beforeEach(() => {
  now = new Date("2026-11-01T08:00:00Z");
});
beforeAll(async () => {
  identity = createIdentity({
    db,
    clock: { now: () => now },
    config: { admin: { user: admin, group: "group:platform" } },
    directory,
  });
  app = createApp(silentLog);
  installAuthentication(app, {
    authenticate: identity.authenticateRequest,
    internalToken: "internal",
  });
  await app.register(identity.routes);
  await app.ready();
});
afterAll(() => app.close());

function later(minutes: number): void {
  now = new Date(now.getTime() + minutes * 60_000);
}

function cookieOf(response: { headers: Record<string, unknown> }): string {
  return String(response.headers["set-cookie"]).split(";")[0] ?? "";
}

/** A session of `ref` as its browser would have it. */
async function signIn(ref: string): Promise<string> {
  const { path } = await identity.createSignInLink(ref);
  return cookieOf(await app.inject({ url: path, headers: { host } }));
}

function get(url: string, headers: Record<string, string> = {}) {
  return app.inject({ url, headers: { host, ...headers } });
}

/** `what` is "POST /path". */
function send(what: string, headers: Record<string, string>, payload = {}) {
  const [method, url = ""] = what.split(" ");
  const options = { url, headers: { host, ...headers } };
  return method === "POST"
    ? app.inject({ ...options, method: "POST", payload })
    : app.inject({ ...options, method: "DELETE" });
}

async function verbsOf(chain: string): Promise<string[]> {
  const { rows } = await sql<{ entry: string }>`
    select entry from audit_entry where chain like ${`${chain}%`} order by id`.execute(db);
  return rows.map((row) => (JSON.parse(row.entry) as { verb: string }).verb);
}

test("a link signs in once, and the second one is told so in words", async () => {
  const { path } = await identity.createSignInLink("admin");
  const first = await get(path);
  expect([first.statusCode, first.headers["location"]]).toEqual([303, "/"]);
  expect(first.headers["set-cookie"]).toMatch(
    /^causeway_session=cws_[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/,
  );
  const me = await get("/api/me", { cookie: cookieOf(first) });
  expect(me.json()).toEqual({
    principal: admin,
    displayName: "admin",
    via: "session",
    isAdmin: true,
    groups: [],
  });
  const second = await get(path);
  expect(second.statusCode).toBe(410);
  expect(second.headers["content-type"]).toContain("text/html");
  expect(second.body).toContain("already used");
  expect(second.body).toContain("causeway login");
  expect(second.headers["set-cookie"]).toBeUndefined();
});

test("of many at the same time, one gets in", async () => {
  const { path } = await identity.createSignInLink(admin);
  const answers = await Promise.all(Array.from({ length: 8 }, () => get(path)));
  expect(answers.filter((answer) => answer.statusCode === 303)).toHaveLength(1);
});

test("a link expires, an unknown one says so, looking does not use it up", async () => {
  const { path } = await identity.createSignInLink(admin);
  await app.inject({ method: "HEAD", url: path, headers: { host } });
  later(16);
  const late = await get(path);
  expect([late.statusCode, late.body.includes("has expired")]).toEqual([410, true]);
  const unknown = await get("/sign-in?token=cwl_nonsense");
  expect([unknown.statusCode, unknown.body.includes("not a sign-in link")]).toEqual([404, true]);
});

test("a session lasts twelve hours after its last use", async () => {
  const cookie = await signIn(admin);
  later(11 * 60);
  const renewed = await get("/api/me", { cookie });
  expect([renewed.statusCode, cookieOf(renewed)]).toEqual([200, cookie]);
  later(11 * 60);
  expect((await get("/api/me", { cookie })).statusCode).toBe(200);
  later(12 * 60 + 1);
  expect((await get("/api/me", { cookie })).json()).toMatchObject({
    status: 401,
    code: "not_signed_in",
  });
});

test("signing out ends the session for everybody who has its cookie", async () => {
  const cookie = await signIn(developer);
  const answer = await send("POST /api/sign-out", { cookie, origin });
  expect([answer.statusCode, answer.headers["set-cookie"]]).toEqual([
    204,
    expect.stringContaining("causeway_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
  ]);
  expect((await get("/api/me", { cookie })).statusCode).toBe(401);
});

test("a foreign page cannot use the session to change anything", async () => {
  const cookie = await signIn(admin);
  for (const foreign of [{}, { origin: "null" }, { origin: "https://evil.example" }]) {
    const answer = await send("POST /api/tokens", { cookie, ...foreign }, { name: "x" });
    expect(answer.json()).toMatchObject({ status: 403, code: "foreign_origin" });
  }
});

test("a token works until it is revoked; only its hash is stored", async () => {
  const cookie = await signIn(developer);
  const made = await send("POST /api/tokens", { cookie, origin }, { name: "laptop" });
  expect(made.statusCode).toBe(201);
  const { id, secret } = made.json<{ id: string; secret: string }>();
  expect(secret).toMatch(/^cwt_/);
  const { rows } = await sql<{ text: string }>`
    select string_agg(t::text, '') as text from identity_token t`.execute(db);
  expect(rows[0]?.text).not.toContain(secret);
  const authorization = `Bearer ${secret}`;
  expect((await get("/api/me", { authorization })).json()).toMatchObject({
    principal: developer,
    via: "token",
    isAdmin: false,
    groups: ["group:default/product"],
  });
  expect((await get("/api/tokens", { cookie })).json()).toMatchObject({
    items: [{ id, name: "laptop", lastUsedAt: now.toISOString(), revokedAt: null }],
  });
  expect((await send(`DELETE /api/tokens/${id}`, { cookie, origin })).statusCode).toBe(204);
  expect((await send(`DELETE /api/tokens/${id}`, { cookie, origin })).statusCode).toBe(204);
  expect((await get("/api/me", { authorization })).json()).toMatchObject({
    status: 401,
    code: "token_not_accepted",
  });
});

test("a token makes no further credentials, nobody makes any for others but administrators", async () => {
  const token = await identity.issueToken(developer, "script");
  const authorization = `Bearer ${token}`;
  for (const url of ["/api/tokens", "/api/sign-in-links"]) {
    const answer = await send(
      `POST ${url}`,
      { authorization },
      url.endsWith("tokens") ? { name: "x" } : {},
    );
    expect(answer.json()).toMatchObject({ status: 403, code: "may_not_issue" });
  }
  const cookie = await signIn(developer);
  const other = await send("POST /api/sign-in-links", { cookie, origin }, { principal: admin });
  expect(other.json()).toMatchObject({ status: 403, code: "may_not_issue" });
  expect((await get(`/api/tokens?principal=${admin}`, { cookie })).statusCode).toBe(403);
});

test("a session that an administrator's token opened counts as a token", async () => {
  const authorization = `Bearer ${await identity.issueToken(admin, "up")}`;
  const made = await send("POST /api/sign-in-links", { authorization }, {});
  expect(made.statusCode).toBe(201);
  const url = new URL(made.json<{ url: string }>().url);
  expect(url.origin).toBe(origin);
  const cookie = cookieOf(await get(`${url.pathname}${url.search}`));
  expect((await get("/api/me", { cookie })).json()).toMatchObject({
    principal: admin,
    via: "token",
  });
});

test.each([
  ["group:default/platform", "not_a_person"],
  ["user:default/nobody", "unknown_user"],
])("no link for %s: %s", async (principal, code) => {
  const authorization = `Bearer ${await identity.issueToken(admin, "up")}`;
  const answer = await send("POST /api/sign-in-links", { authorization }, { principal });
  expect(answer.json()).toMatchObject({ code });
});

test("a start replaces the platform's own tokens of the start before", async () => {
  const old = await identity.issueToken(admin, "platform");
  await identity.revokeTokens(admin, "platform");
  const authorization = `Bearer ${await identity.issueToken(admin, "platform")}`;
  expect((await get("/api/me", { authorization: `Bearer ${old}` })).statusCode).toBe(401);
  expect((await get("/api/me", { authorization })).statusCode).toBe(200);
});

test("somebody else's token is as unknown as one that never was", async () => {
  const cookie = await signIn(developer);
  const answer = await send("DELETE /api/tokens/tok_none", { cookie, origin });
  expect(answer.json()).toMatchObject({ status: 404, code: "token_not_found" });
});

test("everything that changes is in the audit log of who did it", async () => {
  now = new Date("2026-12-24T08:00:00Z");
  const cookie = await signIn(developer);
  const made = await send("POST /api/tokens", { cookie, origin }, { name: "x" });
  await send(`DELETE /api/tokens/${made.json<{ id: string }>().id}`, { cookie, origin });
  await send("POST /api/sign-out", { cookie, origin });
  expect(await verbsOf(`principal:${developer}:2026-12-24`)).toEqual([
    "session.started",
    "token.created",
    "token.revoked",
    "session.ended",
  ]);
});
