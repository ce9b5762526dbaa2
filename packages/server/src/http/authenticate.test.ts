import { internalHeaders } from "@causeway/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silentLog } from "#platform/log";
import { createApp, type App, type RouteAccess } from "./app.ts";
import { installAuthentication } from "./authenticate.ts";
import type { Principal } from "./principal.ts";

const people: Readonly<Record<string, Principal>> = {
  admin: { ref: "user:default/admin", via: "token", isAdmin: true, groups: [] },
  developer: { ref: "user:default/developer", via: "token", isAdmin: false, groups: [] },
};
const accesses: readonly (RouteAccess | undefined)[] = [
  "public",
  "signedIn",
  "admin",
  "gateway",
  undefined,
];

let app: App;
/** Every route of the app, those that Fastify and plugins add included. */
const routes: { method: string; url: string; access: RouteAccess | undefined }[] = [];

beforeAll(async () => {
  app = createApp(silentLog);
  app.addHook("onRoute", (route) => {
    for (const method of [route.method].flat()) {
      routes.push({ method, url: route.url, access: route.config?.access });
    }
  });
  installAuthentication(app, {
    internalToken: "shared secret",
    authenticate: async (request) => {
      const principal = people[request.headers.authorization ?? ""];
      return principal && { principal, renewedCookie: "renewed=1" };
    },
  });
  for (const access of accesses) {
    for (const method of ["GET", "POST"] as const) {
      const config = access === undefined ? {} : { access };
      app.route({
        method,
        url: `/${access ?? "silent"}`,
        config,
        handler: async (request) => ({ ref: request.principal?.ref ?? null }),
      });
    }
  }
  await app.register(async (scope) => {
    scope.get("/nested", async () => ({}));
  });
  await app.ready();
});
afterAll(() => app.close());

const expected: Readonly<Record<string, Readonly<Record<RouteAccess | "silent", number>>>> = {
  nobody: { public: 200, signedIn: 401, admin: 401, gateway: 401, silent: 403 },
  developer: { public: 200, signedIn: 200, admin: 403, gateway: 401, silent: 403 },
  admin: { public: 200, signedIn: 200, admin: 200, gateway: 401, silent: 403 },
};

test.each(Object.keys(expected))(
  "%s reaches exactly what each route's access allows",
  async (who) => {
    expect(routes.length).toBeGreaterThan(15);
    for (const { method, url, access } of routes) {
      const answer = await app.inject({
        method: method as "GET",
        url,
        headers: who === "nobody" ? {} : { authorization: who },
      });
      expect([method, url, answer.statusCode]).toEqual([
        method,
        url,
        expected[who]?.[access ?? "silent"],
      ]);
    }
  },
);

test.each([
  ["the wrong secret", "shared secret?", 401],
  ["a part of it", "shared", 401],
  ["nothing", "", 401],
  ["the secret", "shared secret", 200],
])("gateway access with %s answers %s", async (_name, token, status) => {
  const answer = await app.inject({ url: "/gateway", headers: { [internalHeaders.token]: token } });
  expect(answer.statusCode).toBe(status);
});

test("the gateway acts in the name of the principal that it has checked", async () => {
  const headers = {
    [internalHeaders.token]: "shared secret",
    [internalHeaders.principal]: "component:docs-bot",
  };
  const answer = await app.inject({ url: "/gateway", headers });
  expect(answer.json()).toEqual({ ref: "component:default/docs-bot" });
});

test("a renewed session's cookie is on the answer", async () => {
  const answer = await app.inject({ url: "/signedIn", headers: { authorization: "developer" } });
  expect(answer.headers["set-cookie"]).toBe("renewed=1");
});

test("an address that does not exist is not found, not refused", async () => {
  expect((await app.inject("/nowhere")).statusCode).toBe(404);
});
