export type FileNode<File> =
  | { readonly kind: "file"; readonly name: string; readonly path: string; readonly file: File }
  | {
      readonly kind: "folder";
      readonly name: string;
      readonly path: string;
      readonly children: readonly FileNode<File>[];
      readonly count: number;
    };

/** Paths to a tree: folders first, each by name. A folder that holds only one folder is drawn in one line with it. */
export function toFileTree<File extends { readonly path: string }>(
  files: readonly File[],
): FileNode<File>[] {
  return build(files, "");
}

function build<File extends { readonly path: string }>(
  files: readonly File[],
  prefix: string,
): FileNode<File>[] {
  const folders = Map.groupBy(
    files.filter((file) => file.path.slice(prefix.length).includes("/")),
    (file) => file.path.slice(prefix.length).split("/")[0] ?? "",
  );
  const folderNodes = [...folders]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, inside]) => toFolder(name, `${prefix}${name}/`, inside));
  const fileNodes = files
    .filter((file) => !file.path.slice(prefix.length).includes("/"))
    .map((file) => ({
      kind: "file" as const,
      name: file.path.slice(prefix.length),
      path: file.path,
      file,
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
  return [...folderNodes, ...fileNodes];
}

function toFolder<File extends { readonly path: string }>(
  name: string,
  path: string,
  files: readonly File[],
): FileNode<File> {
  const children = build(files, path);
  const [only] = children;
  if (children.length === 1 && only?.kind === "folder") {
    return { ...only, name: `${name}/${only.name}` };
  }
  return { kind: "folder", name, path, children, count: files.length };
}
