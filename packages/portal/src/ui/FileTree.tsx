import { ChevronRight, FileText, Folder } from "lucide-react";
import { Diff } from "./Diff.tsx";
import { toFileTree, type FileNode } from "./file-tree.ts";

export type TreeFile = {
  readonly path: string;
  /** New content or a unified diff. */
  readonly content: string | undefined;
  readonly verb: string;
};

/** Files with their content folded behind them; native disclosure, so it needs no script. */
export function FileTree({ files }: { readonly files: readonly TreeFile[] }) {
  return (
    <ul className="text-13">
      {toFileTree(files).map((node) => (
        <Node key={node.path} node={node} />
      ))}
    </ul>
  );
}

const line =
  "flex h-7 items-center gap-1.5 rounded-sm px-1 hover:bg-hover [&::-webkit-details-marker]:hidden list-none";

function Node({ node }: { readonly node: FileNode<TreeFile> }) {
  if (node.kind === "folder") {
    return (
      <li>
        <details open={node.count <= 4} className="group/folder">
          <summary className={line}>
            <ChevronRight aria-hidden className="size-3.5 text-muted group-open/folder:rotate-90" />
            <Folder aria-hidden className="size-4 text-muted" />
            <span className="font-mono text-12">{node.name}</span>
            <span className="tabular text-12 text-muted">{node.count}</span>
          </summary>
          <ul className="ml-2.5 border-l pl-2">
            {node.children.map((child) => (
              <Node key={child.path} node={child} />
            ))}
          </ul>
        </details>
      </li>
    );
  }
  const { content, verb } = node.file;
  if (content === undefined) {
    return (
      <li className={`${line} pl-6`}>
        <FileText aria-hidden className="size-4 text-muted" />
        <span className="font-mono text-12">{node.name}</span>
        <span className="text-12 text-muted">{verb}</span>
      </li>
    );
  }
  return (
    <li>
      <details className="group/file">
        <summary className={line}>
          <ChevronRight aria-hidden className="size-3.5 text-muted group-open/file:rotate-90" />
          <FileText aria-hidden className="size-4 text-muted" />
          <span className="font-mono text-12">{node.name}</span>
          {verb !== "create" && <span className="text-12 text-muted">{verb}</span>}
        </summary>
        <div className="max-h-80 overflow-y-auto py-1">
          <Diff text={content} label={node.path} />
        </div>
      </details>
    </li>
  );
}
