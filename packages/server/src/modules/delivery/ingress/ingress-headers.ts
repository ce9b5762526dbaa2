export type HeaderValue = string | readonly string[] | undefined;
export type Headers = Readonly<Record<string, HeaderValue>>;

/** Meant for the next hop only (RFC 9110, 7.6.1). */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

/** What proves who the caller is to the platform; a service must never hold it. */
const callerSecrets = new Set(["cookie", "authorization"]);

/** Said by us or by nobody. */
const ours = new Set(["host", "expect", "forwarded", "traceparent", "tracestate"]);

export type Caller = {
  /** Undefined: anonymous, at a public service. */
  readonly principal: string | undefined;
  readonly prefix: string;
  /** `host:port` of the ingress as the caller addressed it. */
  readonly host: string;
  readonly newTraceparent: () => string;
};

/** The headers a service gets. */
export function toServiceHeaders(incoming: Headers, caller: Caller): Record<string, string> {
  const named = namedInConnection(incoming["connection"]);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming)) {
    if (value === undefined || hopByHop.has(name) || named.has(name)) continue;
    if (callerSecrets.has(name) || ours.has(name) || isPlatformHeader(name)) continue;
    headers[name] = typeof value === "string" ? value : value.join(", ");
  }
  if (caller.principal !== undefined) headers["x-causeway-principal"] = caller.principal;
  return { ...headers, ...traceHeaders(incoming, caller), ...forwardedHeaders(caller) };
}

function traceHeaders(incoming: Headers, caller: Caller): Record<string, string> {
  const { traceparent, tracestate } = incoming;
  if (typeof traceparent !== "string" || !isTraceparent(traceparent)) {
    return { traceparent: caller.newTraceparent() };
  }
  return { traceparent, ...(typeof tracestate === "string" ? { tracestate } : {}) };
}

function forwardedHeaders({ prefix, host }: Caller): Record<string, string> {
  return { "x-forwarded-prefix": prefix, "x-forwarded-host": host, "x-forwarded-proto": "http" };
}

/** W3C Trace Context, version 00. */
export function isTraceparent(text: string): boolean {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(text);
  return match !== null && !/^0+$/.test(match[1] ?? "0") && !/^0+$/.test(match[2] ?? "0");
}

/** Also in the spelling with `_` that some frameworks take for the same. */
function isPlatformHeader(name: string): boolean {
  const spelled = name.replaceAll("_", "-");
  return (
    spelled.startsWith("x-causeway-") ||
    spelled.startsWith("x-forwarded-") ||
    spelled === "x-real-ip"
  );
}

function namedInConnection(connection: HeaderValue): ReadonlySet<string> {
  const text = typeof connection === "string" ? connection : (connection ?? []).join(",");
  return new Set(text.split(",").map((name) => name.trim().toLowerCase()));
}

/** A service shares the portal's origin, so its answer must neither set nor read what belongs to the portal. */
const neverFromService = new Set([
  "set-cookie",
  "set-cookie2",
  "clear-site-data",
  "service-worker-allowed",
  "strict-transport-security",
  "public-key-pins",
  "alt-svc",
  "nel",
  "report-to",
  "reporting-endpoints",
  "access-control-allow-credentials",
  "content-security-policy",
  "content-security-policy-report-only",
  "x-content-type-options",
]);

/** A page of a service runs in an origin of its own: it can never act as the person in the portal. */
export const servicePolicy = "sandbox allow-scripts allow-forms";

/** The headers a caller gets. */
export function toCallerHeaders(answer: Headers): Record<string, string> {
  const named = namedInConnection(answer["connection"]);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer)) {
    if (value === undefined || hopByHop.has(name) || named.has(name)) continue;
    if (neverFromService.has(name) || name.replaceAll("_", "-").startsWith("x-causeway-")) continue;
    headers[name] = typeof value === "string" ? value : value.join(", ");
  }
  return {
    ...headers,
    "content-security-policy": servicePolicy,
    "x-content-type-options": "nosniff",
  };
}
