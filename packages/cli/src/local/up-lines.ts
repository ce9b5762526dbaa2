import { failureLines } from "../failure.ts";
import { answerLines } from "../runs/answer-lines.ts";
import { previewLines, stateText } from "../runs/run-lines.ts";
import { plainLines } from "../runs/show-run.ts";
import { formatDuration } from "../terminal/format-value.ts";
import { padTo, widthOf, type Style } from "../terminal/style.ts";
import type { UpEvent } from "./up-event.ts";

/** The lines that an event leaves behind for good; what only moves (a started step) leaves none. */
export function upLines(event: UpEvent, style: Style): string[] {
  switch (event.kind) {
    case "step":
      return stepLines(event, style);
    case "form":
      return formLines(event, style);
    case "preview":
      return [
        ...headLines("Preview", style),
        ...previewLines(event.preview, style).map(indent),
        ...headLines("Run", style),
      ];
    case "run":
      return plainLines(event.event, style).map(indent);
    case "runEnded":
      return [
        indent(
          `${stateText(event.state, style)} in ${formatDuration(event.ms)}  ${style.dim(event.run)}`,
        ),
        "",
      ];
    case "answer":
      return [
        ...headLines("Answer", style),
        ...answerLines(event.question, event.answer, style).map(indent),
      ];
    case "process":
      return [style.warn(`! ${event.name} ${event.detail}`)];
    case "ready":
      return readyLines(event, style);
    case "failed":
      return ["", ...failureLines(event.failure, style)];
    case "stopping":
      return ["", style.dim("Stopping …")];
    case "stopped":
      return [style.dim(`Stopped in ${formatDuration(event.ms)}.`)];
  }
}

function indent(line: string): string {
  return line === "" ? "" : `  ${line}`;
}

function headLines(title: string, style: Style): string[] {
  return ["", style.bold(title)];
}

function stepLines(event: Extract<UpEvent, { kind: "step" }>, style: Style): string[] {
  if (event.state === "started") return [];
  const sign = event.state === "done" ? style.good("✔") : style.bad("✖");
  const detail = event.detail === undefined ? "" : style.dim(`  ${event.detail}`);
  return [`${sign} ${event.title}${detail}${style.dim(`  ${formatDuration(event.ms ?? 0)}`)}`];
}

function formLines(event: Extract<UpEvent, { kind: "form" }>, style: Style): string[] {
  const width = Math.max(0, ...event.values.map((value) => widthOf(value.title)));
  return [
    ...headLines(`Golden path ${event.goldenPath}: ${event.title}`, style),
    ...event.values.map(
      (value) =>
        `  ${style.dim(padTo(value.title, width))}  ${value.value}${value.isDefault ? style.dim(" (default)") : ""}`,
    ),
    "",
  ];
}

function readyLines(event: Extract<UpEvent, { kind: "ready" }>, style: Style): string[] {
  const rows = [
    ["Portal", style.accent(event.portal)],
    ["Sign in", style.accent(event.signIn)],
    ["", style.dim("works once, within 15 minutes; another one: npx causeway login")],
    ["Model gateway", event.gateway],
    ...(event.service === null ? [] : [["Service", event.service]]),
    ["For scripts", event.readyFile],
    ["Stop it", event.stopBy],
  ];
  const width = Math.max(...rows.map(([title = ""]) => widthOf(title)));
  return [
    "",
    `${style.good("✔")} ${style.bold(`Ready in ${formatDuration(event.ms)}`)}`,
    ...rows.map(([title = "", value = ""]) => `  ${style.dim(padTo(title, width))}  ${value}`),
  ];
}
