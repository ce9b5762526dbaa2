import type { Problem } from "@causeway/contract";
import { OctagonX, RotateCw } from "lucide-react";
import { Button } from "./Button.tsx";
import { CopyButton } from "./CopyButton.tsx";

export type ErrorStateProps = {
  readonly problem: Pick<Problem, "title" | "detail" | "fix" | "issues" | "requestId" | "code">;
  readonly onRetry?: (() => void) | undefined;
};

/** What happened, why, what to do, and the id to quote. */
export function ErrorState({ problem, onRetry }: ErrorStateProps) {
  return (
    <div role="alert" className="rounded-md border border-bad/40 bg-bad-soft px-4 py-3 text-13">
      <div className="flex flex-wrap items-start gap-2">
        <OctagonX aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
        <div className="flex min-w-48 flex-1 flex-col gap-1">
          <p className="font-semibold">{problem.title}</p>
          <p className="break-words">{problem.detail}</p>
          {problem.issues && problem.issues.length > 0 && (
            <ul className="list-disc pl-4">
              {problem.issues.map((issue) => (
                <li key={`${issue.path} ${issue.message}`}>
                  <code className="font-mono text-12">{issue.path}</code>: {issue.message}
                </li>
              ))}
            </ul>
          )}
          {problem.fix !== undefined && <p className="font-medium">{problem.fix}</p>}
          <p className="flex flex-wrap items-center gap-x-2 pt-1 text-12 text-muted">
            <span>
              Code <code className="font-mono">{problem.code}</code>
            </span>
            {problem.requestId !== "" && (
              <span className="inline-flex items-center gap-1">
                Request <code className="font-mono break-all">{problem.requestId}</code>
                <CopyButton text={problem.requestId} label="Copy request id" />
              </span>
            )}
          </p>
        </div>
        {onRetry && (
          <Button size="small" icon={RotateCw} onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}
