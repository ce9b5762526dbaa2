import type { RunView } from "@causeway/contract";
import { ArrowUpRight, OctagonX, RotateCcw } from "lucide-react";
import { paths } from "../../paths.ts";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { Code } from "../../ui/Code.tsx";
import { Section } from "../../ui/Page.tsx";
import { failedStep, movesOf } from "./run-moves.ts";
import { useRunMove, type MoveProps } from "./RunHeader.tsx";

/** Which step stopped, why, and the way on. */
export function RunFailure({ run, onMoved }: MoveProps) {
  const move = useRunMove({ run, onMoved });
  const step = failedStep(run);
  const error = run.error ?? step?.error;
  if (!error || !["failed", "needs_human"].includes(run.state)) return null;
  return (
    <div
      role="alert"
      className="flex flex-wrap items-start gap-3 rounded-md border border-bad/40 bg-bad-soft px-4 py-3 text-13"
    >
      <OctagonX aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="flex min-w-60 flex-1 flex-col gap-1">
        <p className="font-semibold">
          {step ? `“${step.name}” failed` : "The run failed"}
          {error.retryable ? "" : ", and trying again alone will not help"}
        </p>
        <p className="break-words">{error.message}</p>
        {error.fix !== undefined && <p className="font-medium">{error.fix}</p>}
        <p className="flex items-center gap-1 text-12 text-muted">
          Code <code className="font-mono">{error.code}</code>
          <CopyButton text={`${error.code} in ${run.id}`} label="Copy code and run id" />
        </p>
      </div>
      {movesOf(run.state).includes("retry") && (
        <Button
          look="primary"
          icon={RotateCcw}
          isBusy={move.isPending}
          onClick={() => move.mutate("retry")}
        >
          Retry from this step
        </Button>
      )}
    </div>
  );
}

/** What is new, and where to go now. */
export function RunResult({ run }: { readonly run: RunView }) {
  const { output } = run;
  if (run.state !== "done" || !output) return null;
  const links = output.links.flatMap((link) => {
    const href = link.entityRef === undefined ? link.url : paths.entity(link.entityRef);
    return href === undefined ? [] : [{ title: link.title, href }];
  });
  if (links.length === 0 && output.text.length === 0) return null;
  return (
    <Section title="Ready">
      <div className="flex flex-wrap gap-2">
        {links.map((link, at) => (
          <OutputLink key={link.href} {...link} isFirst={at === 0} />
        ))}
      </div>
      {output.text.map((text) => (
        <div key={text.title} className="pt-3">
          <h3 className="pb-1 text-13 font-medium">{text.title}</h3>
          <Code text={text.content} label={text.title} />
        </div>
      ))}
    </Section>
  );
}

function OutputLink({
  title,
  href,
  isFirst,
}: {
  readonly title: string;
  readonly href: string;
  readonly isFirst: boolean;
}) {
  // A repository on this machine is a path, which a browser does not open from a page.
  if (!/^(https?:\/\/|\/)/.test(href) || href.endsWith(".git")) {
    return (
      <span className="inline-flex h-8 min-w-0 items-center gap-2 rounded-md border px-3 text-13">
        <span className="text-muted">{title}</span>
        <code className="truncate font-mono text-12">{href}</code>
        <CopyButton text={href} label={`Copy ${title}`} />
      </span>
    );
  }
  return (
    <ButtonLink href={ownPath(href)} look={isFirst ? "primary" : "secondary"} icon={ArrowUpRight}>
      {title}
    </ButtonLink>
  );
}

/** An absolute address of this very portal, as a path: it may have been opened under another name. */
function ownPath(href: string): string {
  const prefix = `${location.origin}/`;
  return href.startsWith(prefix) ? href.slice(location.origin.length) : href;
}
