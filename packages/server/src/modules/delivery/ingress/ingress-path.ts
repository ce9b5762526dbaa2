/** Where a request on the ingress wants to go. */
export type IngressTarget =
  | {
      readonly kind: "service";
      readonly name: string;
      /** Path and query as the service gets them: as sent, but for slashes doubled right after the name. */
      readonly path: string;
      readonly prefix: string;
    }
  /** The service's root without its slash: relative links of the page would lead nowhere. */
  | { readonly kind: "addSlash"; readonly name: string; readonly location: string }
  | { readonly kind: "refused"; readonly reason: string };

const serviceName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** Reads the request target as it came, never a decoded form: what we judge is what the service gets. Refused is
 *  whatever two programs could read differently. */
export function parseIngressPath(target: string): IngressTarget {
  if (!target.startsWith("/services/")) {
    return { kind: "refused", reason: "the request target must be a path under /services/" };
  }
  const question = target.indexOf("?");
  const path = question === -1 ? target : target.slice(0, question);
  const query = question === -1 ? "" : target.slice(question);
  const [, , name = "", ...segments] = path.split("/");
  const rest = withoutLeadingEmpty(segments);
  const reason = confusionIn([name, ...rest].join("/"));
  if (reason) return { kind: "refused", reason };
  if (name.length > 63 || !serviceName.test(name)) {
    return { kind: "refused", reason: "the name of the service is not a name" };
  }
  const prefix = `/services/${name}`;
  if (rest.length === 0) return { kind: "addSlash", name, location: `${prefix}/${query}` };
  return { kind: "service", name, path: `/${rest.join("/")}${query}`, prefix };
}

/** Who joins the service's address, which ends in a slash, with a path that begins with one, means that path. */
function withoutLeadingEmpty(segments: readonly string[]): readonly string[] {
  const start = segments.findIndex((segment) => segment !== "");
  return start === -1 ? segments.slice(-1) : segments.slice(start);
}

function confusionIn(path: string): string | undefined {
  if (/[^\x21-\x7e]/.test(path)) return "the path holds a character that must be percent-encoded";
  if (path.includes("\\")) return "the path holds a backslash";
  if (path.includes("#")) return "the path holds a fragment";
  if (/%(?![0-9a-f]{2})/i.test(path)) return "the path holds a broken percent-encoding";
  if (/%(2f|5c)/i.test(path)) return "the path holds an encoded slash";
  if (/%(00|0a|0d)/i.test(path)) return "the path holds an encoded control character";
  if (path.includes("//")) return "the path holds an empty segment";
  const hasDots = path
    .split("/")
    .some((segment) => /^\.{1,2}$/.test(segment.replaceAll(/%2e/gi, ".")));
  return hasDots ? "the path holds a dot segment" : undefined;
}
