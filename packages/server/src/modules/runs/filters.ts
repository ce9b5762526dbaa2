import { parseEntityRef as parseRef } from "@causeway/contract";
import type { TemplateFilter, TemplateValue } from "nunjitsu";

/** The filters that golden paths know from Backstage; an error here is shown with the expression's place. */
export const filters: Readonly<Record<string, TemplateFilter>> = {
  parseRepoUrl: (url) => withoutUndefined(parseRepoUrl(asText(url, "parseRepoUrl"))),
  projectSlug: (url) => {
    const { owner, repo } = parseRepoUrl(asText(url, "projectSlug"));
    return `${owner}/${repo}`;
  },
  parseEntityRef: (ref, context) => {
    const defaults = isRecord(context) ? context : {};
    return parseRef(asText(ref, "parseEntityRef"), {
      ...toDefault("kind", defaults["defaultKind"]),
      ...toDefault("namespace", defaults["defaultNamespace"]),
    });
  },
  pick: (value, path) => pick(value, asText(path, "pick")),
};

export type RepoUrl = {
  readonly host: string;
  readonly owner: string | undefined;
  readonly repo: string | undefined;
  readonly organization: string | undefined;
  readonly workspace: string | undefined;
  readonly project: string | undefined;
};

/** `host?owner=&repo=` as Backstage's repository picker writes it. Hosts other than the well-known ones count as the
 *  GitHub shape: which hosts may be used is the publishing action's question. */
export function parseRepoUrl(text: string): RepoUrl {
  let url: URL;
  try {
    url = new URL(`https://${text}`);
  } catch {
    throw new Error(`"${text}" is no repository address; write host?owner=…&repo=…`);
  }
  const get = (name: string): string | undefined => {
    const value = url.searchParams.get(name);
    return value === null ? undefined : value.replaceAll(/^\/+|\/+$/g, "");
  };
  const parts = {
    host: url.host,
    owner: get("owner"),
    repo: get("repo"),
    organization: get("organization"),
    workspace: get("workspace"),
    project: get("project"),
  };
  const missing = requiredParts(parts).filter((name) => !parts[name]);
  if (missing.length > 0) {
    throw new Error(`"${text}" lacks ${missing.join(" and ")}; write host?owner=…&repo=…`);
  }
  return parts;
}

function requiredParts(url: RepoUrl): (keyof RepoUrl)[] {
  switch (url.host) {
    case "bitbucket.org":
      return ["workspace", "project", "repo"];
    case "dev.azure.com":
      return ["project", "repo"];
    case "gitlab.com":
      return url.project ? ["project"] : ["owner", "repo"];
    default:
      return ["owner", "repo"];
  }
}

function pick(value: TemplateValue | undefined, path: string): TemplateValue | undefined {
  let at: TemplateValue | undefined = value;
  for (const key of path.split(/[.[\]]+/).filter((part) => part !== "")) {
    if (Array.isArray(at)) at = (at as readonly TemplateValue[])[Number(key)]; // Array.isArray forgets readonly
    else if (isRecord(at) && Object.hasOwn(at, key)) at = at[key];
    else return undefined;
  }
  return at;
}

function asText(value: TemplateValue | undefined, filter: string): string {
  if (typeof value === "string") return value;
  throw new Error(`${filter} needs a text, not ${value === undefined ? "nothing" : typeof value}`);
}

type TemplateRecord = Readonly<Record<string, TemplateValue>>;

function isRecord(value: TemplateValue | undefined): value is TemplateRecord {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Map) &&
    !(value instanceof Set)
  );
}

function toDefault(name: string, value: TemplateValue | undefined): Record<string, string> {
  return typeof value === "string" ? { [name]: value } : {};
}

function withoutUndefined(record: RepoUrl): TemplateRecord {
  const known = Object.entries(record).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(known);
}
