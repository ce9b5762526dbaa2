import { isRunAtRest, type RunView } from "@causeway/contract";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { runQuery } from "../../api/queries.ts";
import type { RunWatch } from "../../api/run-watch.ts";
import { formatClock } from "../../ui/format.ts";
import type { LogLine } from "../../ui/log-window.ts";
import { Log } from "../../ui/Log.tsx";
import { Section } from "../../ui/Page.tsx";
import { LiveMark } from "../LiveMark.tsx";
import { Loaded } from "../Loaded.tsx";
import { useTitle } from "../use-title.ts";
import { PlanPreviewView } from "./PlanPreviewView.tsx";
import { isBeforeStart } from "./run-moves.ts";
import { RunChanges } from "./RunChanges.tsx";
import { RunHeader } from "./RunHeader.tsx";
import { RunFailure, RunResult } from "./RunOutcome.tsx";
import { RunSteps } from "./RunSteps.tsx";
import { useRunWatch } from "./use-run-watch.ts";

const route = getRouteApi("/runs/$runId");

export function RunPage() {
  const { runId } = route.useParams();
  return <WatchedRun key={runId} runId={runId} />;
}

function WatchedRun({ runId }: { readonly runId: string }) {
  const read = useQuery(runQuery(runId));
  const { watch, watchAgain } = useRunWatch(runId);
  useTitle(read.data?.title ?? "Run");
  return (
    <Loaded query={read} title="Run">
      {(data) => <RunView run={merge(data, watch)} watch={watch} onMoved={watchAgain} />}
    </Loaded>
  );
}

/** The stream is ahead in what moves; the read run has what only comes whole. */
function merge(read: RunView, { run }: RunWatch): RunView {
  if (!run) return read;
  const isReadAhead = isRunAtRest(read.state) && !isRunAtRest(run.state);
  const live = isReadAhead ? read : run;
  return {
    ...live,
    changes: read.changes.length > live.changes.length ? read.changes : live.changes,
    output: live.output ?? read.output,
    finishedAt: live.finishedAt ?? read.finishedAt,
    startedAt: live.startedAt ?? read.startedAt,
  };
}

type RunViewProps = {
  readonly run: RunView;
  readonly watch: RunWatch;
  readonly onMoved: () => void;
};

function RunView({ run, watch, onMoved }: RunViewProps) {
  return (
    <>
      <RunHeader run={run} onMoved={onMoved} />
      <div className="flex flex-col gap-5">
        <RunFailure run={run} onMoved={onMoved} />
        <RunResult run={run} />
        {isBeforeStart(run) && run.preview ? (
          <PlanPreviewView preview={run.preview} />
        ) : (
          <StartedRun run={run} watch={watch} />
        )}
      </div>
    </>
  );
}

function StartedRun({ run, watch }: Omit<RunViewProps, "onMoved">) {
  const [stepId, setStepId] = useState<string>();
  const names = useMemo(() => new Map(run.steps.map((step) => [step.id, step.name])), [run.steps]);
  const lines = useMemo(
    () => watch.log.filter((line) => stepId === undefined || line.stepId === stepId).map(toLogLine),
    [watch.log, stepId],
  );
  return (
    <>
      <div className="grid items-stretch gap-5 lg:grid-cols-[minmax(20rem,2fr)_minmax(0,3fr)]">
        <Section title="Steps" aside={`${run.stepsDone} of ${run.stepsTotal} done`}>
          <RunSteps run={run} chosen={stepId} onChoose={setStepId} />
        </Section>
        <Section
          title={stepId === undefined ? "Log" : `Log of “${names.get(stepId) ?? stepId}”`}
          isFlush
          aside={<LiveMark connection={watch.connection} />}
          className="relative flex min-h-80 flex-col *:last:min-h-0 *:last:flex-1"
        >
          <Log
            label="Log of the run"
            lines={lines}
            empty={isRunAtRest(run.state) ? "Nothing was written." : "Waiting for the first line."}
            className="h-80 lg:absolute lg:inset-x-0 lg:top-10 lg:bottom-0 lg:h-auto"
          />
        </Section>
      </div>
      <RunChanges run={run} />
      {run.preview && (
        <details className="rounded-md border bg-surface">
          <summary className="px-3 py-2 text-14 font-semibold">Preview it was started from</summary>
          <div className="border-t p-3">
            <PlanPreviewView preview={run.preview} />
          </div>
        </details>
      )}
    </>
  );
}

function toLogLine(line: RunWatch["log"][number]): LogLine {
  return {
    key: String(line.seq),
    time: formatClock(Date.parse(line.at)),
    source: line.stepId ?? "run",
    level: line.level,
    text: line.message,
  };
}
