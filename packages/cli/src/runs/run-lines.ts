import type { PlanPreview, RunState, RunView, StepState, StepView } from "@causeway/contract";
import { formatElapsed, formatStepCost, formatTime, shortRef } from "../terminal/format-value.ts";
import { padTo, widthOf, type Style } from "../terminal/style.ts";
import type { WatchedRun } from "./fold-run.ts";

const undoWords = {
  restore: "undone exactly",
  compensate: "undone as well as it goes",
  none: "cannot be undone",
  spend: "only spends",
} as const;

const verbSigns = { create: "+", update: "~", delete: "-", use: "·" } as const;

/** How many changes of one step are listed; the rest are counted. */
const changesShown = 6;

export function previewLines(preview: PlanPreview, style: Style): string[] {
  const width = Math.max(...preview.steps.map((step) => widthOf(step.title)));
  const steps = preview.steps.flatMap((step, index) => {
    const facts = style.dim(`${formatStepCost(step.cost)}, ${undoWords[step.undo]}`);
    const title = `${String(index + 1).padStart(2)}. ${padTo(step.title, width)}  ${facts}`;
    const remark = step.kind === "known" ? [] : [style.dim(`      ${step.kind}: ${step.summary}`)];
    return [title, ...remark, ...changeLines(step.changes, style)];
  });
  const coverage = Object.entries(preview.undoCoverage)
    .filter(([, count]) => count > 0)
    .map(([undo, count]) => `${count} ${undoWords[undo as keyof typeof undoWords]}`); // keys of undoCoverage are undo classes
  return [
    ...steps,
    "",
    `Cost     ${formatStepCost(preview.total)}`,
    `Undo     ${coverage.join(", ")}`,
    `Policy   ${preview.policy}`,
    `Evals    ${preview.evals}`,
  ];
}

function changeLines(changes: PlanPreview["steps"][number]["changes"], style: Style): string[] {
  const lines = changes.slice(0, changesShown).map((change) => {
    const sign = verbSigns[change.verb];
    const painted = change.verb === "create" ? style.good(sign) : style.warn(sign);
    const detail = change.detail === undefined ? "" : style.dim(`  ${change.detail}`);
    return `      ${painted} ${change.kind} ${shortRef(change.ref)}${detail}`;
  });
  const more = changes.length - changesShown;
  return more > 0 ? [...lines, style.dim(`        and ${more} more`)] : lines;
}

export function stateText(state: RunState, style: Style): string {
  const words = state.replaceAll("_", " ");
  if (state === "done") return style.good(words);
  if (state === "failed" || state === "needs_human") return style.bad(words);
  return style.warn(words);
}

const stepSigns: Record<StepState, string> = {
  pending: "○",
  running: "●",
  done: "✔",
  failed: "✖",
  skipped: "–",
  undoing: "●",
  undone: "↺",
};

export function stepSign(state: StepState, style: Style): string {
  const sign = stepSigns[state];
  if (state === "done") return style.good(sign);
  if (state === "failed") return style.bad(sign);
  return state === "running" || state === "undoing" ? style.accent(sign) : style.dim(sign);
}

export function stepLine(step: StepView, style: Style, sign: string): string {
  const elapsed = formatElapsed(step.startedAt, step.finishedAt);
  const progress =
    step.state === "running" && step.progress
      ? `${step.progress.done}/${step.progress.total} ${step.progress.unit}`
      : elapsed;
  const attempt = step.attempt > 1 ? ` attempt ${step.attempt}` : "";
  const name = step.state === "pending" ? style.dim(step.name) : step.name;
  return `${sign} ${name}  ${style.dim(`${progress}${attempt}`)}`.trimEnd();
}

/** The picture of a running run: its steps and the end of its log. `spinner` stands before what runs now. */
export function watchedRunLines(run: WatchedRun, style: Style, spinner: string): string[] {
  const steps = (run.view?.steps ?? []).map((step) => {
    const moves = step.state === "running" || step.state === "undoing";
    return stepLine(step, style, moves ? style.accent(spinner) : stepSign(step.state, style));
  });
  return [...steps, ...run.logTail.map((line) => style.dim(`  │ ${line.message}`))];
}

/** A run on one screen: for `causeway runs <id>` and after a failure. */
export function runLines(run: RunView, style: Style): string[] {
  const took = formatElapsed(run.startedAt, run.finishedAt);
  return [
    `${style.bold(run.title)}  ${stateText(run.state, style)}`,
    style.dim(
      `${run.id} · by ${shortRef(run.principal)} · ${formatTime(run.createdAt)}${took === "" ? "" : ` · ${took}`}`,
    ),
    "",
    ...run.steps.flatMap((step) => [
      stepLine(step, style, stepSign(step.state, style)),
      ...(step.error ? [`    ${style.bad(step.error.message)}`] : []),
      ...(step.error?.fix ? [`    ${step.error.fix}`] : []),
    ]),
    ...outputLines(run, style),
  ];
}

export function outputLines(run: RunView, style: Style): string[] {
  const output = run.output;
  if (!output) return [];
  return [
    "",
    ...output.text.map((text) => `${style.bold(text.title)}  ${text.content}`),
    ...output.links.map(
      (link) => `${link.title}: ${style.accent(link.url ?? shortRef(link.entityRef ?? ""))}`,
    ),
  ];
}

/** The end of a watched run in one line. */
export function runEndLine(run: RunView, style: Style): string {
  const took = formatElapsed(run.startedAt, run.finishedAt);
  const done = `${run.steps.filter((step) => step.state === "done").length} of ${run.steps.length} steps`;
  return `Run ${run.id} ${stateText(run.state, style)}: ${done}${took === "" ? "" : ` in ${took}`}`;
}
