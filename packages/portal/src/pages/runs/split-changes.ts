import type { Change } from "@causeway/contract";
import type { TreeFile } from "../../ui/FileTree.tsx";

/** Files go to a tree, everything else to lines. */
export function splitChanges<Each extends Change>(
  changes: readonly Each[],
): { files: TreeFile[]; others: Each[] } {
  const files = changes
    .filter((change) => change.kind === "file")
    .map((change) => ({ path: change.ref, content: change.diff, verb: change.verb }));
  return { files, others: changes.filter((change) => change.kind !== "file") };
}
