import { createApp, type App, type Routes } from "../src/http/app.ts";
import type { Principal } from "../src/http/principal.ts";
import { silentLog } from "#platform/log";

export const admin: Principal = {
  ref: "user:default/admin",
  via: "session",
  isAdmin: true,
  groups: ["group:default/platform"],
};

export const developer: Principal = {
  ref: "user:default/developer",
  via: "session",
  isAdmin: false,
  groups: [],
};

/** An app with one module's routes for `app.inject()`. Every request comes from `principal`: who may call is the
 *  authentication hook's business and has its own tests. */
export async function appWith(routes: Routes, principal: Principal = admin): Promise<App> {
  const app = createApp(silentLog);
  app.addHook("onRequest", async (request) => {
    request.principal = principal;
  });
  await app.register(routes);
  await app.ready();
  return app;
}
