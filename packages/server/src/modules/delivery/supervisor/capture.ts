import type { Clock } from "#platform/clock";
import {
  closeOutput,
  foldOutput,
  freshLogBudget,
  noOpenLine,
  spendLogBudget,
  type OpenLine,
} from "../log-lines.ts";
import type { ServiceLog } from "./log-file.ts";

type Stream = "stdout" | "stderr";

export type CaptureOptions = {
  readonly output: ServiceLog;
  /** Never written. */
  readonly secret: string;
  readonly bytesPerMinute: number;
  readonly clock: Clock;
};

/** What one process writes: lines, without its key, not more than its budget. */
export function captureOutput(options: CaptureOptions) {
  const { output, secret, bytesPerMinute, clock } = options;
  const open: Record<Stream, OpenLine> = { stdout: noOpenLine, stderr: noOpenLine };
  const last: string[] = [];
  let budget = freshLogBudget;
  const writeLine = (stream: Stream, text: string): void => {
    last.push(text);
    if (last.length > 20) last.shift();
    const line = { bytes: Buffer.byteLength(text) + 1, atMs: clock.now().getTime() };
    const verdict = spendLogBudget(budget, line, bytesPerMinute);
    budget = verdict.budget;
    if (verdict.report > 0) sayDropped(verdict.report);
    if (verdict.keep) output.write(stream, text);
  };
  const sayDropped = (lines: number): void =>
    output.write("platform", `${lines} lines dropped: more than ${bytesPerMinute} bytes a minute`);
  return {
    take: (stream: Stream, text: string): void => {
      const folded = foldOutput(open[stream], text, secret);
      open[stream] = folded.open;
      for (const line of folded.lines) writeLine(stream, line);
    },
    close: (): void => {
      for (const stream of ["stdout", "stderr"] as const) {
        for (const line of closeOutput(open[stream], secret)) writeLine(stream, line);
        open[stream] = noOpenLine;
      }
      if (budget.dropped > 0) sayDropped(budget.dropped);
    },
    /** For the reason of an end; also what the budget dropped. */
    lastLines: (): readonly string[] => last,
  };
}
