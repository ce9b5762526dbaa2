import type { RunView, StepView } from "@causeway/contract";
import { Steps, Progress, type StepItem } from "../../ui/Steps.tsx";
import { Elapsed } from "../../ui/Time.tsx";
import { stepStatus } from "../status-of.ts";

export function RunSteps({
  run,
  chosen,
  onChoose,
}: {
  readonly run: RunView;
  readonly chosen: string | undefined;
  readonly onChoose: (stepId: string | undefined) => void;
}) {
  const items = run.steps.map((step, at): StepItem => {
    const { kind, word } = stepStatus(step.state);
    return {
      id: step.id,
      title: step.name,
      state: kind,
      word,
      aside: <Elapsed from={step.startedAt} to={step.finishedAt} />,
      detail: <StepDetail step={step} previous={run.steps[at - 1]} />,
    };
  });
  return <Steps label="Steps of the run" steps={items} chosen={chosen} onChoose={onChoose} />;
}

function StepDetail({
  step,
  previous,
}: {
  readonly step: StepView;
  readonly previous: StepView | undefined;
}) {
  // The plain order needs no words; anything else is said.
  const isInOrder =
    step.dependsOn.length === (previous ? 1 : 0) && step.dependsOn[0] === previous?.id;
  return (
    <>
      <p className="flex flex-wrap gap-x-3 text-12 text-muted">
        <code className="font-mono">
          {step.action}@{step.version}
        </code>
        {step.attempt > 1 && <span>attempt {step.attempt}</span>}
        {!isInOrder && step.dependsOn.length > 0 && <span>after {step.dependsOn.join(", ")}</span>}
      </p>
      {step.progress && step.state === "running" && (
        <Progress label={`Progress of ${step.name}`} {...step.progress} />
      )}
      {step.error && <p className="pt-1 text-12 text-bad">{step.error.message}</p>}
    </>
  );
}
