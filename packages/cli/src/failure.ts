import { InvalidError, PlatformError, type Issue, type Problem } from "@causeway/contract";
import { exitCodeOfStatus, exitCodes, type ExitCode } from "./exit-codes.ts";
import type { Style } from "./terminal/style.ts";

/** The platform answered, and refused. */
export class RequestRefusedError extends PlatformError {
  readonly status: number;
  readonly requestId: string | undefined;

  constructor(problem: Problem) {
    super({
      code: problem.code,
      message: problem.detail,
      ...(problem.fix === undefined ? {} : { fix: problem.fix }),
      ...(problem.issues === undefined ? {} : { issues: problem.issues }),
    });
    this.status = problem.status;
    this.requestId = problem.requestId === "" ? undefined : problem.requestId;
  }
}

/** A failure as `--json` prints it, and as events carry it. */
export type Failure = {
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
  readonly issues?: readonly Issue[];
  readonly requestId?: string;
};

export function toFailure(error: unknown): Failure {
  if (error instanceof PlatformError) {
    const requestId = error instanceof RequestRefusedError ? error.requestId : undefined;
    return {
      code: error.code,
      message: error.message,
      ...(error.fix === undefined ? {} : { fix: error.fix }),
      ...(error.issues.length === 0 ? {} : { issues: error.issues }),
      ...(requestId === undefined ? {} : { requestId }),
    };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: "unexpected", message };
}

export function exitCodeOfError(error: unknown): ExitCode {
  if (error instanceof RequestRefusedError) return exitCodeOfStatus(error.status);
  return error instanceof InvalidError ? exitCodes.wrongUse : exitCodes.failed;
}

/** The message, each place that is wrong, the way out, and the id that finds it in the platform's log. */
export function failureLines(failure: Failure, style: Style): string[] {
  const [first = "", ...rest] = headOf(failure).split("\n");
  return [
    `${style.bad("✖")} ${style.bold(first)}`,
    ...rest.map((line) => `  ${line}`),
    ...(failure.issues ?? []).map((issue) => `  • ${style.accent(issue.path)}: ${issue.message}`),
    ...(failure.fix === undefined ? [] : [`  ${style.bold("What to do:")} ${failure.fix}`]),
    ...(failure.requestId === undefined ? [] : [style.dim(`  request ${failure.requestId}`)]),
  ];
}

/** For readers of JSON a message may repeat its issues; here they have lines of their own. */
function headOf({ message, issues = [] }: Failure): string {
  const [first] = issues;
  const start = first ? message.indexOf(first.path) : -1;
  const isRepetition = start > 0 && issues.every((issue) => message.includes(issue.message));
  if (!isRepetition) return message;
  const head = message.slice(0, start).replace(/[:\s]+$/, "");
  const count = issues.length === 1 ? "one value is" : `${issues.length} values are`;
  return head.includes(" ") ? head : `${head}: ${count} wrong`;
}
