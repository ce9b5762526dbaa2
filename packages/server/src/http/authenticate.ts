import { createHash, timingSafeEqual } from "node:crypto";
import {
  entityRef,
  ForbiddenError,
  internalHeaders,
  UnauthenticatedError,
} from "@causeway/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { App, RouteAccess } from "./app.ts";
import { assertAdmin, type Authenticated, type Principal } from "./principal.ts";

export type AuthenticationDeps = {
  /** Throws ForbiddenError for a forged request; answers undefined where no valid credential is. */
  readonly authenticate: (request: FastifyRequest) => Promise<Authenticated | undefined>;
  /** Shared secret of control plane and gateway. */
  readonly internalToken: string;
};

/** Enforces `config.access` of every route, also of those registered later. Default deny: a route that says nothing is
 *  refused to everybody. Call it before the first route is registered. */
export function installAuthentication(app: App, deps: AuthenticationDeps): void {
  app.addHook("onRequest", async (request, reply) => {
    if (request.is404) return;
    const access = request.routeOptions.config.access;
    if (access === "public") return;
    request.principal = await admit(deps, { request, reply }, access);
  });
}

type Exchange = { readonly request: FastifyRequest; readonly reply: FastifyReply };

async function admit(
  deps: AuthenticationDeps,
  exchange: Exchange,
  access: Exclude<RouteAccess, "public"> | undefined,
): Promise<Principal> {
  switch (access) {
    case undefined:
      throw new ForbiddenError({
        code: "route_without_access",
        message: "This address says nothing about who may call it, so nobody may",
        fix: "Report it: it is a mistake in the platform.",
      });
    case "gateway":
      return admitGateway(exchange.request, deps.internalToken);
    case "signedIn":
      return admitSignedIn(deps, exchange);
    case "admin": {
      const principal = await admitSignedIn(deps, exchange);
      assertAdmin(principal);
      return principal;
    }
  }
}

async function admitSignedIn(
  deps: AuthenticationDeps,
  { request, reply }: Exchange,
): Promise<Principal> {
  const found = await deps.authenticate(request);
  if (!found) throw notSignedIn(request);
  if (found.renewedCookie !== undefined) reply.header("set-cookie", found.renewedCookie);
  return found.principal;
}

function notSignedIn(request: FastifyRequest): UnauthenticatedError {
  if (request.headers.authorization !== undefined) {
    return new UnauthenticatedError({
      code: "token_not_accepted",
      message: "The bearer token is unknown or revoked",
      fix: "Send `authorization: Bearer cwt_…` with a token that `GET /api/tokens` lists.",
    });
  }
  return new UnauthenticatedError({
    code: "not_signed_in",
    message: "This needs a signed-in principal",
    fix: "Open a sign-in link (`causeway up` prints one, `causeway login` makes one) or send a bearer token.",
  });
}

const gatewayRef = "component:default/causeway-gateway";

/** The gateway acts in its own name or in that of the principal it has checked. */
function admitGateway(request: FastifyRequest, internalToken: string): Principal {
  const sent = request.headers[internalHeaders.token];
  if (typeof sent !== "string" || !isSame(sent, internalToken)) {
    throw new UnauthenticatedError({
      code: "not_the_gateway",
      message: "This address answers only the platform's own gateway",
    });
  }
  const named = entityRef.safeParse(request.headers[internalHeaders.principal]);
  const ref = named.success ? named.data : gatewayRef;
  return { ref, via: "internal", isAdmin: false, groups: [] };
}

/** Hashes have one length and hide where two texts begin to differ. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
