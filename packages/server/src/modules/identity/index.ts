import { normalizeRef } from "@causeway/contract";
import type { FastifyRequest } from "fastify";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db/database";
import type { Routes } from "../../http/app.ts";
import type { Authenticated, Principal } from "../../http/principal.ts";
import { assertOwnOrigin, findCredential, formatSessionCookie } from "./credentials.ts";
import type { Directory } from "./ports.ts";
import { identityRoutes } from "./routes.ts";
import { createLink, createToken, findPrincipal, revokeNamed, sessionHours } from "./service.ts";

export type { Directory } from "./ports.ts";

export type IdentityDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: { readonly admin: { readonly user: string; readonly group: string } };
  readonly directory: Directory;
};

export type IdentityModule = {
  readonly routes: Routes;
  /** For `installAuthentication`. */
  readonly authenticateRequest: (request: FastifyRequest) => Promise<Authenticated | undefined>;
  /** For routes that are public and check for themselves, such as the ingress. Same rules: throws ForbiddenError when a
   *  foreign page uses the session to change something. */
  readonly authenticate: (request: FastifyRequest) => Promise<Principal | undefined>;
  /** The platform's own link for a user; `path` goes behind the origin of the portal. */
  readonly createSignInLink: (
    ref: string,
  ) => Promise<{ readonly path: string; readonly expiresAt: Date }>;
  /** The platform's own token; the secret is nowhere else. */
  readonly issueToken: (ref: string, name: string) => Promise<string>;
  /** Revokes all tokens of that name. */
  readonly revokeTokens: (ref: string, name: string) => Promise<void>;
};

export function createIdentity({ db, clock, config, directory }: IdentityDeps): IdentityModule {
  const { user, group } = config.admin;
  const admin = {
    user: normalizeRef(user, { kind: "user" }),
    group: normalizeRef(group, { kind: "group" }),
  };
  const identity = { db, clock, directory, admin };
  const authenticateRequest = async (request: FastifyRequest) => {
    const credential = findCredential(request.headers);
    if (!credential) return undefined;
    const proof = await findPrincipal(identity, credential);
    if (!proof) return undefined;
    if (credential.kind === "token") return { principal: proof.principal };
    const { method, host, headers } = request;
    assertOwnOrigin({ method, host, origin: headers.origin });
    const options = { maxAgeSeconds: sessionHours * 3_600, isHttps: request.protocol === "https" };
    const renewedCookie = proof.isRenewed
      ? formatSessionCookie(credential.secret, options)
      : undefined;
    return { principal: proof.principal, renewedCookie };
  };
  return {
    routes: identityRoutes(identity),
    authenticateRequest,
    authenticate: async (request) => (await authenticateRequest(request))?.principal,
    createSignInLink: async (ref) => {
      const { secret, expiresAt } = await createLink(identity, ref, undefined);
      return { path: `/sign-in?token=${secret}`, expiresAt };
    },
    issueToken: async (ref, name) =>
      (await createToken(identity, { principal: ref, name }, undefined)).secret,
    revokeTokens: (ref, name) => revokeNamed(identity, { principal: ref, name }),
  };
}
