import { foldRun, unseenRun, type WatchedRun } from "../runs/fold-run.ts";
import { watchedRunLines } from "../runs/run-lines.ts";
import { startLiveRegion, type LiveRegion } from "../terminal/live-region.ts";
import type { Output } from "../terminal/output.ts";
import type { Style } from "../terminal/style.ts";
import type { Emit, UpEvent } from "./up-event.ts";
import { upLines } from "./up-lines.ts";

/** Shows a start. `close` leaves the terminal as it should be. */
export type UpView = { readonly emit: Emit; readonly close: () => void };

export function createJsonView(output: Output): UpView {
  return { emit: (event) => output.print(JSON.stringify(event)), close: () => {} };
}

/** One line after the other, for logs and CI. */
export function createPlainView(output: Output): UpView {
  return { emit: (event) => output.print(...upLines(event, output.style)), close: () => {} };
}

/** What moves at this moment. */
export type Moving = {
  readonly steps: readonly {
    readonly id: string;
    readonly title: string;
    readonly began: number;
  }[];
  readonly run: WatchedRun | undefined;
};
export const nothingMoves: Moving = { steps: [], run: undefined };

export function foldMoving(moving: Moving, event: UpEvent, now: number): Moving {
  if (event.kind === "step") {
    const others = moving.steps.filter((step) => step.id !== event.id);
    const started = { id: event.id, title: event.title, began: now };
    return { ...moving, steps: event.state === "started" ? [...others, started] : others };
  }
  if (event.kind === "run") {
    return { ...moving, run: foldRun(moving.run ?? unseenRun, event.event) };
  }
  if (event.kind === "failed" || event.kind === "stopping") return nothingMoves;
  return event.kind === "runEnded" ? { ...moving, run: undefined } : moving;
}

export function movingLines(
  moving: Moving,
  options: { style: Style; spinner: string; now: number },
) {
  const { style, spinner, now } = options;
  const run = moving.run
    ? watchedRunLines(moving.run, style, spinner).map((line) => `  ${line}`)
    : [];
  const steps = moving.steps.map((step) => {
    const seconds = Math.floor((now - step.began) / 1_000);
    return `${style.accent(spinner)} ${step.title}${seconds > 0 ? style.dim(`  ${seconds} s`) : ""}`;
  });
  return [...run, ...steps];
}

/** A terminal: what is done scrolls up, what moves is redrawn below it. */
export function createLiveView(output: Output): UpView {
  const { style } = output;
  let moving = nothingMoves;
  let region: LiveRegion | undefined;
  const lines = (spinner: string) =>
    movingLines(moving, { style, spinner, now: performance.now() });
  const emit: Emit = (event) => {
    const runSoFar = moving.run;
    moving = foldMoving(moving, event, performance.now());
    const done = [
      // The run's last picture stays: its steps, without the log's tail.
      ...(runSoFar && !moving.run ? finalRunLines(runSoFar, style) : []),
      ...(event.kind === "run" ? [] : upLines(event, style)),
    ];
    if (region) region.print(...done);
    else output.print(...done);
    const moves = moving.run !== undefined || moving.steps.length > 0;
    if (!moves) close();
    else region ??= startLiveRegion(output, lines);
  };
  function close(): void {
    region?.stop();
    region = undefined;
  }
  return { emit, close };
}

function finalRunLines(run: WatchedRun, style: Style): string[] {
  return watchedRunLines({ ...run, logTail: [] }, style, "●").map((line) => `  ${line}`);
}
