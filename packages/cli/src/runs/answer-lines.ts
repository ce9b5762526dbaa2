import type { ServiceAnswer } from "@causeway/contract";
import { formatCost, formatNumber } from "../terminal/format-value.ts";
import { wrapText, type Style } from "../terminal/style.ts";

/** An answer of a service with everything that lets a person judge it. */
export function answerLines(question: string, answer: ServiceAnswer, style: Style): string[] {
  const ttft = answer.ttftMs === null ? "unknown" : `${Math.round(answer.ttftMs)} ms`;
  const { inputTokens, outputTokens, costMicroUsd, notional } = answer.usage;
  return [
    `${style.bold("Q")} ${question}`,
    ...wrapText(answer.answer, 92).map(
      (line, index) => `${index === 0 ? style.bold("A") : " "} ${line}`,
    ),
    ...(answer.found ? [] : [style.warn("  The documents do not answer this.")]),
    ...answer.sources.flatMap((source) => [
      "",
      `  ${style.accent(source.path)}  ${source.title}`,
      ...wrapText(`“${source.quote}”`, 90).map((line) => style.dim(`    ${line}`)),
    ]),
    "",
    `  ${formatNumber(inputTokens)} tokens in, ${formatNumber(outputTokens)} out · ${formatCost(costMicroUsd, notional)} · first token after ${ttft}`,
    style.dim(`  trace ${answer.traceId}`),
  ];
}
