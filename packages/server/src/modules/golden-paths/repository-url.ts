import { InvalidError, entityName } from "@causeway/contract";
import { toSafeParts } from "./safe-path.ts";

export const repositoryScheme = "causeway-git:";

export type RepositoryFile = {
  readonly name: string;
  readonly branch: string;
  readonly path: string;
};

/** `causeway-git:<name>@<branch>/<path>`. The branch has no slash here, so that the path begins at the first one. */
export function parseRepositoryUrl(url: string): RepositoryFile {
  const match = /^causeway-git:([^@/]+)@([A-Za-z0-9][A-Za-z0-9_.-]*)\/(.+)$/.exec(url);
  const [, name, branch, path] = match ?? [];
  if (!name || !branch || !path || !entityName.safeParse(name).success) {
    throw new InvalidError({
      code: "invalid_repository_url",
      message: `${JSON.stringify(url)} does not name a file of a repository`,
      fix: "Write it as causeway-git:<name>@<branch>/<path>, for example causeway-git:handbook@main/catalog-info.yaml.",
    });
  }
  return { name, branch, path: toSafeParts(path, "The path in the repository").join("/") };
}
