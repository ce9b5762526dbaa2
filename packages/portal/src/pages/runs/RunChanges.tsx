import type { RunView } from "@causeway/contract";
import { FileTree } from "../../ui/FileTree.tsx";
import { formatPlural } from "../../ui/format.ts";
import { Section } from "../../ui/Page.tsx";
import { ChangeList } from "./ChangeList.tsx";
import { splitChanges } from "./split-changes.ts";

/** What the finished steps changed so far. */
export function RunChanges({ run }: { readonly run: RunView }) {
  const { files, others } = splitChanges(run.changes);
  return (
    <Section
      title={run.state === "done" ? "What changed" : "What changed so far"}
      aside={run.changes.length > 0 && formatPlural(run.changes.length, "change")}
    >
      {run.changes.length === 0 ? (
        <p className="text-13 text-muted">Nothing yet. Each finished step adds its changes here.</p>
      ) : (
        <div className="grid gap-x-8 gap-y-4 lg:grid-cols-2">
          {others.length > 0 && (
            <div>
              <ChangeList changes={others} atOnce={10} />
            </div>
          )}
          {files.length > 0 && <FileTree files={files} />}
        </div>
      )}
    </Section>
  );
}
