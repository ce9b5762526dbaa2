import type { Problem, RunView } from "@causeway/contract";
import { ListChecks, RefreshCw } from "lucide-react";
import { fieldTitle, splitIssues, type FormPage } from "../../forms/form-values.ts";
import { cx } from "../../ui/cx.ts";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { Section } from "../../ui/Page.tsx";
import { SkeletonLines } from "../../ui/Skeleton.tsx";
import { PlanPreviewView } from "../runs/PlanPreviewView.tsx";

export type LivePreviewProps = {
  readonly pages: readonly FormPage[];
  readonly preview: {
    readonly data: RunView | undefined;
    readonly refetch: () => Promise<unknown>;
  };
  readonly problem: Problem | undefined;
  /** The form moved on since this preview was made. */
  readonly isBehind: boolean;
};

export function LivePreview({ pages, preview, problem, isBehind }: LivePreviewProps) {
  return (
    <section aria-label="Preview" className="min-w-0">
      <div role="status" className="flex h-6 items-center justify-between pb-1">
        <h2 className="text-13 text-muted">Preview: nothing is changed yet</h2>
        {isBehind && (
          <span className="inline-flex items-center gap-1.5 text-12 text-muted">
            <RefreshCw aria-hidden className="size-3.5 animate-turn" />
            Updating
          </span>
        )}
      </div>
      <div className={cx("transition-opacity", isBehind && "opacity-60")}>
        <PreviewContent pages={pages} preview={preview} problem={problem} />
      </div>
    </section>
  );
}

function PreviewContent({ pages, preview, problem }: Omit<LivePreviewProps, "isBehind">) {
  if (problem) {
    const { byPage, others } = splitIssues(pages, problem.issues ?? []);
    const isOfForm = byPage.some((issues) => issues.length > 0) && others.length === 0;
    if (isOfForm) return <StillNeeded pages={pages} problem={problem} />;
    return <ErrorState problem={problem} onRetry={() => void preview.refetch()} />;
  }
  if (!preview.data) return <SkeletonLines count={6} />;
  if (!preview.data.preview) {
    return <p className="text-13 text-muted">The platform made no preview of this plan.</p>;
  }
  return <PlanPreviewView preview={preview.data.preview} />;
}

/** Before the form is right there is no plan: what it waits for, each a way to its field. */
function StillNeeded({
  pages,
  problem,
}: {
  readonly pages: readonly FormPage[];
  readonly problem: Problem;
}) {
  const issues = problem.issues ?? [];
  return (
    <Section
      title="The plan appears when these are right"
      aside={<ListChecks aria-hidden className="size-4" />}
    >
      <ul className="flex flex-col gap-1.5 text-13">
        {issues.map((issue) => (
          <li key={`${issue.path} ${issue.message}`} className="flex flex-wrap gap-x-2">
            <button
              type="button"
              onClick={() => focusField(issue.path)}
              className="rounded-sm font-medium text-accent hover:underline"
            >
              {fieldTitle(pages, issue.path.split(".")[0] ?? "")}
            </button>
            <span className="text-muted">{issue.message}</span>
          </li>
        ))}
      </ul>
      <p className="pt-3 text-13 text-muted">
        You will see each step with the files, entities and keys it makes, what it costs and how it
        is taken back.
      </p>
    </Section>
  );
}

function focusField(path: string): void {
  const name = path.split(".").join("_");
  document.querySelector<HTMLElement>(`[id^="page"][id$="_${CSS.escape(name)}"]`)?.focus();
}
