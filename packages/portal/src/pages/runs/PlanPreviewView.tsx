import type { PlanPreview, UndoClass } from "@causeway/contract";
import type { ReactNode } from "react";
import { Badge, type Tone } from "../../ui/Badge.tsx";
import { FileTree } from "../../ui/FileTree.tsx";
import { formatPlural } from "../../ui/format.ts";
import { Money } from "../../ui/Money.tsx";
import { Section } from "../../ui/Page.tsx";
import { ChangeList } from "./ChangeList.tsx";
import { splitChanges } from "./split-changes.ts";

const undoWords: Readonly<Record<UndoClass, { short: string; long: string; tone: Tone }>> = {
  restore: { short: "undo: exact", long: "can be taken back exactly", tone: "good" },
  compensate: {
    short: "undo: best effort",
    long: "can be taken back as well as it goes",
    tone: "info",
  },
  none: { short: "no undo", long: "cannot be taken back", tone: "bad" },
  spend: { short: "spends only", long: "only spends within a budget", tone: "plain" },
};

/** What a run would do: price, guards and way back first, then each step, then the files. */
export function PlanPreviewView({ preview }: { readonly preview: PlanPreview }) {
  const { files } = splitChanges(preview.steps.flatMap((step) => step.changes));
  return (
    <div className="flex flex-col gap-5">
      <PreviewFacts preview={preview} />
      <Section title="Plan" isFlush aside={formatPlural(preview.steps.length, "step")}>
        <ol>
          {preview.steps.map((step, at) => (
            <PreviewStep key={step.stepId} step={step} number={at + 1} />
          ))}
        </ol>
      </Section>
      {files.length > 0 && (
        <Section title="Files" aside={formatPlural(files.length, "file")}>
          <FileTree files={files} />
        </Section>
      )}
    </div>
  );
}

function PreviewFacts({ preview }: { readonly preview: PlanPreview }) {
  const { total } = preview;
  const kind = total.notional ? "notional" : "real";
  const coverage = undoOrder.filter((undo) => (preview.undoCoverage[undo] ?? 0) > 0);
  const facts: readonly { readonly name: string; readonly value: ReactNode }[] = [
    {
      name: "Cost",
      value: (
        <>
          <Money microUsd={total.monthlyMicroUsd} kind={kind} per="month" />
          {total.onceMicroUsd !== 0 && (
            <span className="block">
              <Money microUsd={total.onceMicroUsd} kind={kind} /> once
            </span>
          )}
        </>
      ),
    },
    { name: "Policy", value: <Verdict text={preview.policy} /> },
    { name: "Evals", value: <Verdict text={preview.evals} /> },
    {
      name: "Undo",
      value: (
        <ul>
          {coverage.map((undo) => (
            <li key={undo}>
              {formatPlural(preview.undoCoverage[undo] ?? 0, "step")}{" "}
              <span className="text-muted">{undoWords[undo].long}</span>
            </li>
          ))}
        </ul>
      ),
    },
  ];
  return (
    <dl className="grid gap-x-6 gap-y-3 rounded-md border bg-surface px-3 py-2.5 text-13 sm:grid-cols-[auto_auto_auto_minmax(0,1fr)]">
      {facts.map((fact) => (
        <div key={fact.name} className="min-w-0">
          <dt className="text-12 text-muted">{fact.name}</dt>
          <dd className="font-medium">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}

const undoOrder: readonly UndoClass[] = ["restore", "compensate", "none", "spend"];

/** A verdict as the platform words it; what was not evaluated looks unknown, never green. */
function Verdict({ text }: { readonly text: string }) {
  if (/^not\b/i.test(text))
    return <span className="hatched rounded-sm px-1 text-unknown">{text}</span>;
  return text;
}

function PreviewStep({
  step,
  number,
}: {
  readonly step: PlanPreview["steps"][number];
  readonly number: number;
}) {
  const { others, files } = splitChanges(step.changes);
  return (
    <li className="flex gap-3 border-b px-3 py-2.5 last:border-b-0">
      <span className="tabular w-4 shrink-0 text-right text-12 leading-5 text-muted">{number}</span>
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-baseline justify-between gap-x-3">
          <span className="text-13 font-medium">{step.title}</span>
          <span className="flex items-center gap-1.5">
            {step.kind === "unknown" && (
              <Badge tone="unknown" title="Depends on what earlier steps bring">
                known at run time
              </Badge>
            )}
            {step.kind === "skipped" ? (
              <Badge>skipped</Badge>
            ) : (
              <Badge
                tone={undoWords[step.undo].tone}
                title={`This step ${undoWords[step.undo].long}`}
              >
                {undoWords[step.undo].short}
              </Badge>
            )}
          </span>
        </div>
        <p className="text-13 text-muted">{step.summary}</p>
        {others.length > 0 && (
          <div className="pt-1">
            <ChangeList changes={others} />
          </div>
        )}
        {files.length > 0 && (
          <p className="pt-1 text-12 text-muted">{formatPlural(files.length, "file")}, below</p>
        )}
      </div>
    </li>
  );
}
