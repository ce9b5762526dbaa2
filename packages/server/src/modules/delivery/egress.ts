/** One place a service declares that it must reach. */
export type Egress =
  | { readonly kind: "gateway" }
  | { readonly kind: "host"; readonly host: string; readonly port: number };

export type ParsedEgress = Egress | { readonly kind: "refused"; readonly reason: string };

const hostName =
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** `gateway`, or a full host name with its port. No addresses and no wildcards: a reader of the manifest must be able to
 *  tell who is reached, and an address could be this machine. */
export function parseEgress(text: string): ParsedEgress {
  if (text === "gateway") return { kind: "gateway" };
  const [host = "", portText = "", ...rest] = text.toLowerCase().split(":");
  const port = Number(portText);
  if (rest.length > 0 || !/^\d{1,5}$/.test(portText) || port < 1 || port > 65_535) {
    return refused(text, "give host and port, for example api.example.com:443");
  }
  if (!hostName.test(host)) {
    return refused(text, "give a full host name; addresses, wildcards and bare names are refused");
  }
  if (/(^|\.)(localhost|local|alt)$/.test(host)) {
    return refused(text, "names of this machine and of no public DNS are refused");
  }
  return { kind: "host", host, port };
}

function refused(text: string, why: string): ParsedEgress {
  return { kind: "refused", reason: `"${text}": ${why}` };
}

/** Variables that would change the runtime under a service instead of the service. */
export function isReservedName(name: string): boolean {
  return (
    [
      "PORT",
      "PATH",
      "HOME",
      "TMPDIR",
      "HTTP_PROXY",
      "HTTPS_PROXY",
      "ALL_PROXY",
      "NO_PROXY",
    ].includes(name) || /^(CAUSEWAY|DENO|NODE|NPM|OTEL|LD|DYLD|SSL|V8|RUST)(_|$)/.test(name)
  );
}
