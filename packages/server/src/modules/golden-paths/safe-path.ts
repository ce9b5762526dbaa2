import { InvalidError } from "@causeway/contract";

/** The parts of a relative path that stays below its root. Throws `path_outside` for everything else: absolute paths of
 *  any system, `..`, and `.git`, where a file could become a command. */
export function toSafeParts(path: string, what: string): string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const isAbsolute = path.startsWith("/") || /^[A-Za-z]:/.test(path);
  const isBad = (part: string) =>
    part === ".." || part.includes("\\") || part.includes("\0") || part.toLowerCase() === ".git";
  if (!isAbsolute && !parts.some(isBad)) return parts;
  throw outside(path, what);
}

export function outside(path: string, what: string): InvalidError {
  return new InvalidError({
    code: "path_outside",
    message: `${what} may not be ${JSON.stringify(path)}: it leads out of its folder or into .git`,
    fix: "Use a relative path without '..'.",
  });
}

/** Whether a symlink at `path` with this target stays below the root of the tree. `..` may only lead the target: after
 *  a part that is itself a link it would climb from where that link points. */
export function staysInside(path: string, target: string): boolean {
  if (target.startsWith("/") || /^[A-Za-z]:/.test(target) || target.includes("\\")) return false;
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const ups = parts.findIndex((part) => part !== "..");
  const climbed = ups === -1 ? parts.length : ups;
  const folders = path.split("/").length - 1;
  return climbed <= folders && !parts.slice(climbed).includes("..");
}
