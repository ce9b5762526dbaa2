import { ForbiddenError } from "@causeway/contract";

const sessionCookie = "causeway_session";

export type Credential =
  | { readonly kind: "token"; readonly secret: string }
  | { readonly kind: "session"; readonly secret: string };

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A sent `authorization` decides alone: a wrong token must not fall back to whoever's browser sent it. */
export function findCredential(headers: Headers): Credential | undefined {
  const authorization = headers["authorization"];
  if (typeof authorization === "string") {
    const secret = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
    return secret === undefined ? undefined : { kind: "token", secret };
  }
  const cookies = headers["cookie"];
  if (typeof cookies !== "string") return undefined;
  const pair = cookies.split(";").find((text) => text.trim().startsWith(`${sessionCookie}=`));
  const secret = pair?.slice(pair.indexOf("=") + 1).trim();
  return secret ? { kind: "session", secret } : undefined;
}

/** HttpOnly: no script reads it. Lax: other sites' forms and fetches come without it. */
export function formatSessionCookie(
  secret: string,
  options: { readonly maxAgeSeconds: number; readonly isHttps: boolean },
): string {
  const secure = options.isHttps ? "; Secure" : "";
  return `${sessionCookie}=${secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${options.maxAgeSeconds}${secure}`;
}

const reading = new Set(["GET", "HEAD", "OPTIONS"]);

/** ID1: what a browser sends with its session changes something only when the page that sent it is ours. Throws
 *  ForbiddenError `foreign_origin`. Browsers name the origin of every such request; "null" is a sandboxed page. */
export function assertOwnOrigin(request: {
  readonly method: string;
  readonly host: string;
  readonly origin: string | undefined;
}): void {
  if (reading.has(request.method)) return;
  if (request.origin !== undefined && hostOf(request.origin) === request.host) return;
  throw new ForbiddenError({
    code: "foreign_origin",
    message:
      request.origin === undefined
        ? "A change with a session needs the header Origin, as browsers send it"
        : `A page of ${request.origin} may not change anything here with your session`,
    fix: "Use the portal, or send a bearer token instead of the session.",
  });
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
