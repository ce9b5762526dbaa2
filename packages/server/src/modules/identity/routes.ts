import {
  createdToken,
  createSignInLink,
  createToken as createTokenBody,
  me,
  normalizeRef,
  signInLink,
  tokenView,
} from "@causeway/contract";
import { z } from "zod";
import type { App, Routes } from "../../http/app.ts";
import { principalOf } from "../../http/principal.ts";
import { findCredential, formatSessionCookie } from "./credentials.ts";
import {
  assertMayIssue,
  createLink,
  createToken,
  displayNameOf,
  listTokenViews,
  revokeOne,
  sessionHours,
  signIn,
  signOut,
  type Identity,
} from "./service.ts";
import { signInProblemPage } from "./sign-in-page.ts";

const signedIn = { access: "signedIn" } as const;

export function identityRoutes(identity: Identity): Routes {
  return async (app) => {
    addSignIn(app, identity);
    addSession(app, identity);
    addTokens(app, identity);
  };
}

function addSignIn(app: App, identity: Identity): void {
  app.get(
    "/sign-in",
    {
      config: { access: "public" },
      // Looking is not opening: a HEAD must not use the link up.
      exposeHeadRoute: false,
      schema: { querystring: z.object({ token: z.string().default("") }), hide: true },
    },
    async (request, reply) => {
      reply.header("cache-control", "no-store").header("referrer-policy", "no-referrer");
      const result = await signIn(identity, request.query.token);
      if (result.kind === "refused") {
        return reply
          .code(result.problem === "unknown" ? 404 : 410)
          .type("text/html; charset=utf-8")
          .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
          .send(signInProblemPage(result.problem));
      }
      const isHttps = request.protocol === "https";
      const maxAgeSeconds = sessionHours * 3_600;
      return reply
        .header("set-cookie", formatSessionCookie(result.secret, { maxAgeSeconds, isHttps }))
        .redirect("/", 303);
    },
  );
  app.post(
    "/api/sign-in-links",
    {
      config: signedIn,
      schema: { body: createSignInLink.default({}), response: { 201: signInLink } },
    },
    async (request, reply) => {
      const asker = principalOf(request);
      const ref = normalizeRef(request.body.principal ?? asker.ref, { kind: "user" });
      assertMayIssue(asker, ref);
      const link = await createLink(identity, ref, asker);
      const url = new URL("/sign-in", `${request.protocol}://${request.host}`);
      url.searchParams.set("token", link.secret);
      return reply.code(201).send({
        url: url.href,
        principal: link.principal,
        expiresAt: link.expiresAt.toISOString(),
      });
    },
  );
}

function addSession(app: App, identity: Identity): void {
  app.post(
    "/api/sign-out",
    { config: signedIn, schema: { response: { 204: z.null() } } },
    async (request, reply) => {
      const credential = findCredential(request.headers);
      if (credential?.kind === "session") {
        await signOut(identity, principalOf(request), credential.secret);
        const isHttps = request.protocol === "https";
        reply.header("set-cookie", formatSessionCookie("", { maxAgeSeconds: 0, isHttps }));
      }
      return reply.code(204).send(null);
    },
  );
  app.get("/api/me", { config: signedIn, schema: { response: { 200: me } } }, async (request) => {
    const { ref, via, isAdmin, groups } = principalOf(request);
    const shownVia: "session" | "token" = via === "session" ? via : "token";
    return {
      principal: ref,
      displayName: await displayNameOf(identity, ref),
      via: shownVia,
      isAdmin,
      groups: [...groups],
    };
  });
}

function addTokens(app: App, identity: Identity): void {
  app.get(
    "/api/tokens",
    {
      config: signedIn,
      schema: {
        querystring: z.object({ principal: z.string().optional() }),
        response: { 200: z.object({ items: z.array(tokenView) }) },
      },
    },
    async (request) => {
      const asker = principalOf(request);
      const ref = normalizeRef(request.query.principal ?? asker.ref);
      if (ref !== asker.ref) assertMayIssue(asker, ref);
      return { items: await listTokenViews(identity, ref) };
    },
  );
  app.post(
    "/api/tokens",
    { config: signedIn, schema: { body: createTokenBody, response: { 201: createdToken } } },
    async (request, reply) => {
      const asker = principalOf(request);
      const principal = normalizeRef(request.body.principal ?? asker.ref);
      assertMayIssue(asker, principal);
      const { name } = request.body;
      return reply.code(201).send(await createToken(identity, { principal, name }, asker));
    },
  );
  app.delete(
    "/api/tokens/:id",
    {
      config: signedIn,
      schema: { params: z.object({ id: z.string() }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await revokeOne(identity, request.params.id, principalOf(request));
      return reply.code(204).send(null);
    },
  );
}
