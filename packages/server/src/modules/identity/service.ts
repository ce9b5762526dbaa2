import {
  ForbiddenError,
  InvalidError,
  NotFoundError,
  normalizeRef,
  parseEntityRef,
  type TokenView,
} from "@causeway/contract";
import { appendAudit, principalChain } from "#modules/audit";
import type { Clock } from "#platform/clock";
import type { Db, Tx } from "#platform/db/database";
import { newId, newSecret, sha256 } from "#platform/ids";
import type { Principal } from "../../http/principal.ts";
import type { Credential } from "./credentials.ts";
import type { Directory } from "./ports.ts";
import type { SignInProblem } from "./sign-in-page.ts";
import {
  deleteSession,
  extendSession,
  findLink,
  findSession,
  findToken,
  findValidToken,
  forgetEndedBefore,
  insertLink,
  insertSession,
  insertToken,
  listTokens,
  noteTokenUse,
  revokeToken,
  useLink,
  type Token,
} from "./store.ts";

const linkMinutes = 15;
export const sessionHours = 12;
const minuteMs = 60_000;
const sessionMs = sessionHours * 60 * minuteMs;
/** Use is written down once in this time, so that reading stays reading. */
const useNotedEveryMs = minuteMs;
const endedKeptMs = 7 * 24 * 60 * minuteMs;

export type Identity = {
  readonly db: Db;
  readonly clock: Clock;
  readonly directory: Directory;
  /** Full refs. */
  readonly admin: { readonly user: string; readonly group: string };
};

/** Who asks; undefined = the platform itself, at its start. */
type Asker = Principal | undefined;
const platformItself = "component:default/causeway";

export type Proof = { readonly principal: Principal; readonly isRenewed: boolean };

/** The principal behind a credential. A session in use is extended (`isRenewed`). */
export async function findPrincipal(
  identity: Identity,
  credential: Credential,
): Promise<Proof | undefined> {
  return credential.kind === "token"
    ? findByToken(identity, credential.secret)
    : findBySession(identity, credential.secret);
}

async function findByToken(identity: Identity, secret: string): Promise<Proof | undefined> {
  const token = await findValidToken(identity.db, sha256(secret));
  if (!token) return undefined;
  const now = identity.clock.now();
  if (now.getTime() - (token.last_used_at?.getTime() ?? 0) > useNotedEveryMs) {
    await noteTokenUse(identity.db, token.id, now);
  }
  return { principal: await toPrincipal(identity, token.principal, "token"), isRenewed: false };
}

async function findBySession(identity: Identity, secret: string): Promise<Proof | undefined> {
  const now = identity.clock.now();
  const hash = sha256(secret);
  const session = await findSession(identity.db, hash, now);
  if (!session) return undefined;
  const isRenewed = now.getTime() - session.last_used_at.getTime() > useNotedEveryMs;
  if (isRenewed) {
    const expiresAt = new Date(now.getTime() + sessionMs);
    await extendSession(identity.db, hash, { now, expiresAt });
  }
  return { principal: await toPrincipal(identity, session.principal, session.via), isRenewed };
}

async function toPrincipal(
  identity: Identity,
  ref: string,
  via: "session" | "token",
): Promise<Principal> {
  const groups = (await identity.directory.describe(ref))?.groups ?? [];
  const isAdmin = ref === identity.admin.user || groups.includes(identity.admin.group);
  return { ref, via, isAdmin, groups };
}

export async function displayNameOf(identity: Identity, ref: string): Promise<string> {
  const described = await identity.directory.describe(ref);
  return described?.displayName ?? parseEntityRef(ref).name;
}

export type NewLink = {
  readonly secret: string;
  readonly principal: string;
  readonly expiresAt: Date;
};

/** ID2: a link is worth what asked for it: one that a token made opens a session that counts as a token. */
export async function createLink(identity: Identity, ref: string, asker: Asker): Promise<NewLink> {
  const principal = await signInRef(identity, ref);
  const now = identity.clock.now();
  const secret = newSecret("cwl");
  const expiresAt = new Date(now.getTime() + linkMinutes * minuteMs);
  const via = asker && asker.via !== "session" ? "token" : "session";
  const actor = asker?.ref ?? platformItself;
  await identity.db.transaction().execute(async (tx) => {
    await forgetEndedBefore(tx, new Date(now.getTime() - endedKeptMs));
    await insertLink(tx, {
      hash: sha256(secret),
      principal,
      via,
      created_by: actor,
      created_at: now,
      expires_at: expiresAt,
    });
    await note(tx, { now, actor, verb: "sign-in-link.created", subject: principal });
  });
  return { secret, principal, expiresAt };
}

/** Only people sign in, and only those whom the directory knows; the configured administrator may come before it. */
async function signInRef(identity: Identity, ref: string): Promise<string> {
  const { kind } = parseEntityRef(ref, { kind: "user" });
  const principal = normalizeRef(ref, { kind: "user" });
  if (kind !== "user") {
    throw new InvalidError({
      code: "not_a_person",
      message: `${principal} is not a user; only people sign in`,
      fix: "Give services and agents a bearer token.",
    });
  }
  if (principal !== identity.admin.user && !(await identity.directory.describe(principal))) {
    throw new NotFoundError({
      code: "unknown_user",
      message: `The catalog has no ${principal}`,
      fix: "Apply the user's entity first; `causeway get users` lists those that exist.",
    });
  }
  return principal;
}

export type SignedIn =
  | { readonly kind: "signedIn"; readonly secret: string; readonly principal: string }
  | { readonly kind: "refused"; readonly problem: SignInProblem };

/** ID3: a link signs in once, whoever comes second is told so. */
export async function signIn(identity: Identity, linkSecret: string): Promise<SignedIn> {
  const now = identity.clock.now();
  const hash = sha256(linkSecret);
  return identity.db.transaction().execute(async (tx): Promise<SignedIn> => {
    const link = await useLink(tx, hash, now);
    if (!link) return { kind: "refused", problem: await problemOf(tx, hash) };
    const secret = newSecret("cws");
    const { principal, via } = link;
    await insertSession(tx, {
      hash: sha256(secret),
      principal,
      via,
      created_at: now,
      last_used_at: now,
      expires_at: new Date(now.getTime() + sessionMs),
    });
    const detail = { via, link: link.created_by };
    await note(tx, { now, actor: principal, verb: "session.started", subject: principal, detail });
    return { kind: "signedIn", secret, principal };
  });
}

async function problemOf(tx: Tx, hash: string): Promise<SignInProblem> {
  const link = await findLink(tx, hash);
  if (!link) return "unknown";
  return link.used_at ? "used" : "expired";
}

export async function signOut(
  identity: Identity,
  principal: Principal,
  secret: string,
): Promise<void> {
  await identity.db.transaction().execute(async (tx) => {
    if (!(await deleteSession(tx, sha256(secret)))) return;
    const { ref } = principal;
    await note(tx, { now: identity.clock.now(), actor: ref, verb: "session.ended", subject: ref });
  });
}

export type NewToken = TokenView & { readonly secret: string };

export async function createToken(
  identity: Identity,
  token: { readonly principal: string; readonly name: string },
  asker: Asker,
): Promise<NewToken> {
  const principal = normalizeRef(token.principal);
  const now = identity.clock.now();
  const secret = newSecret("cwt");
  const id = newId("tok");
  const actor = asker?.ref ?? platformItself;
  const row = { id, principal, name: token.name, created_by: actor, created_at: now };
  await identity.db.transaction().execute(async (tx) => {
    await insertToken(tx, { ...row, hash: sha256(secret) });
    const detail = { id, name: token.name };
    await note(tx, { now, actor, verb: "token.created", subject: principal, detail });
  });
  return { ...toTokenView({ ...row, last_used_at: null, revoked_at: null }), secret };
}

export async function listTokenViews(identity: Identity, principal: string): Promise<TokenView[]> {
  return (await listTokens(identity.db, principal)).map(toTokenView);
}

function toTokenView(token: Omit<Token, "hash" | "created_by">): TokenView {
  return {
    id: token.id,
    name: token.name,
    principal: token.principal,
    createdAt: token.created_at.toISOString(),
    lastUsedAt: token.last_used_at?.toISOString() ?? null,
    revokedAt: token.revoked_at?.toISOString() ?? null,
  };
}

/** Revoking what is revoked changes nothing. */
export async function revokeOne(identity: Identity, id: string, asker: Principal): Promise<void> {
  await identity.db.transaction().execute(async (tx) => {
    const token = await findToken(tx, id);
    // Somebody else's token is as unknown as one that never was.
    if (!token || (token.principal !== asker.ref && !asker.isAdmin)) {
      throw new NotFoundError({
        code: "token_not_found",
        message: `There is no token ${id}`,
        fix: "`GET /api/tokens` lists your tokens.",
      });
    }
    await revoke(tx, token, { actor: asker.ref, now: identity.clock.now() });
  });
}

/** For the platform's own tokens: a start replaces those of the start before. */
export async function revokeNamed(
  identity: Identity,
  token: { readonly principal: string; readonly name: string },
): Promise<void> {
  await identity.db.transaction().execute(async (tx) => {
    const tokens = await listTokens(tx, normalizeRef(token.principal));
    for (const found of tokens.filter((other) => other.name === token.name)) {
      await revoke(tx, found, { actor: platformItself, now: identity.clock.now() });
    }
  });
}

async function revoke(
  tx: Tx,
  token: Token,
  { actor, now }: { readonly actor: string; readonly now: Date },
): Promise<void> {
  if (!(await revokeToken(tx, token.id, now))) return;
  const { id, name, principal } = token;
  await note(tx, { now, actor, verb: "token.revoked", subject: principal, detail: { id, name } });
}

/** A token may not multiply itself or become a session, unless its principal administrates. */
export function assertMayIssue(asker: Principal, forRef: string): void {
  if (asker.isAdmin || (asker.via === "session" && asker.ref === forRef)) return;
  throw new ForbiddenError({
    code: "may_not_issue",
    message:
      asker.ref === forRef
        ? "A bearer token may not make further credentials"
        : `${asker.ref} may not make credentials for ${forRef}`,
    fix:
      asker.ref === forRef
        ? "Sign in to the portal and make it there."
        : "Ask a member of the platform group.",
  });
}

type Note = {
  readonly now: Date;
  readonly actor: string;
  readonly verb: string;
  readonly subject: string;
  readonly detail?: Readonly<Record<string, string>>;
};

async function note(tx: Tx, { now, detail = {}, ...entry }: Note): Promise<void> {
  await appendAudit(tx, { chain: principalChain(entry.actor, now), ...entry, detail });
}
