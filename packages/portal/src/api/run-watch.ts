import type { RunLogLine, RunStreamEvent, RunView, StepView } from "@causeway/contract";

export type RunWatch = {
  readonly run: RunView | undefined;
  readonly log: readonly RunLogLine[];
  readonly connection: "connecting" | "live" | "lost" | "ended";
};

export const initialRunWatch: RunWatch = { run: undefined, log: [], connection: "connecting" };

/** What a watcher knows after some more events. Lines that came before a reconnect are told by their number. */
export function foldRunEvents(watch: RunWatch, events: readonly RunStreamEvent[]): RunWatch {
  const log = [...watch.log];
  let next: RunWatch = { ...watch, connection: "live" };
  for (const event of events) {
    if (event.kind === "log") {
      if (event.line.seq > (log.at(-1)?.seq ?? -1)) log.push(event.line);
    } else {
      next = foldOne(next, event);
    }
  }
  return { ...next, log: log.length === watch.log.length ? watch.log : log };
}

function foldOne(watch: RunWatch, event: Exclude<RunStreamEvent, { kind: "log" }>): RunWatch {
  if (event.kind === "run") return { ...watch, run: event.run };
  const { run } = watch;
  if (!run) return watch;
  switch (event.kind) {
    case "state":
      return { ...watch, run: { ...run, state: event.state, error: event.error } };
    case "step":
      return { ...watch, run: withStep(run, event.step) };
    case "progress": {
      const { stepId, done, total, unit } = event;
      const step = run.steps.find((each) => each.id === stepId);
      return step
        ? { ...watch, run: withStep(run, { ...step, progress: { done, total, unit } }) }
        : watch;
    }
    case "end":
      return { ...watch, run: { ...run, state: event.state }, connection: "ended" };
  }
}

function withStep(run: RunView, step: StepView): RunView {
  const steps = run.steps.some((each) => each.id === step.id)
    ? run.steps.map((each) => (each.id === step.id ? step : each))
    : [...run.steps, step];
  const stepsDone = steps.filter(
    (each) => each.state === "done" || each.state === "skipped",
  ).length;
  return { ...run, steps, stepsDone };
}

/** Where to go on after a broken connection. */
export function afterLog(watch: RunWatch): number | undefined {
  return watch.log.at(-1)?.seq;
}
