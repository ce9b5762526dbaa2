import type { RunLogLine, RunStreamEvent, RunView } from "@causeway/contract";

/** What a watcher of a run knows: the last whole view, brought up to date by each event, and the log's tail. */
export type WatchedRun = {
  readonly view: RunView | undefined;
  readonly logTail: readonly RunLogLine[];
  readonly lastLogSeq: number;
  readonly ended: boolean;
};
export const unseenRun: WatchedRun = { view: undefined, logTail: [], lastLogSeq: 0, ended: false };

const tailLength = 4;

export function foldRun(run: WatchedRun, event: RunStreamEvent): WatchedRun {
  switch (event.kind) {
    case "run":
      return { ...run, view: event.run };
    case "state":
      return withView(run, (view) => ({ ...view, state: event.state, error: event.error }));
    case "step":
      return withView(run, (view) => ({
        ...view,
        steps: view.steps.map((step) => (step.id === event.step.id ? event.step : step)),
      }));
    case "progress":
      return withView(run, (view) => ({
        ...view,
        steps: view.steps.map((step) =>
          step.id === event.stepId
            ? { ...step, progress: { done: event.done, total: event.total, unit: event.unit } }
            : step,
        ),
      }));
    case "log":
      // After a reconnect the server may repeat lines.
      if (event.line.seq <= run.lastLogSeq) return run;
      return {
        ...run,
        logTail: [...run.logTail, event.line].slice(-tailLength),
        lastLogSeq: event.line.seq,
      };
    case "end":
      return { ...withView(run, (view) => ({ ...view, state: event.state })), ended: true };
  }
}

function withView(run: WatchedRun, change: (view: RunView) => RunView): WatchedRun {
  return run.view === undefined ? run : { ...run, view: change(run.view) };
}
