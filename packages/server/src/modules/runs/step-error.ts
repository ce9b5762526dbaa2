import {
  LimitError,
  PlatformError,
  UnavailableError,
  type Issue,
  type RunError,
} from "@causeway/contract";
import { redact } from "./redact.ts";

/** What an action threw, as people see it. A refusal is shown as it is; anything else is a bug of the action or its
 *  surroundings and may hold anything, so its text is cleaned first. */
export function toStepError(thrown: unknown, action: string): RunError {
  if (thrown instanceof PlatformError) {
    return {
      code: thrown.code,
      message: withIssues(thrown),
      ...(thrown.fix === undefined ? {} : { fix: thrown.fix }),
      retryable: thrown instanceof UnavailableError || thrown instanceof LimitError,
    };
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: "action_failed",
    message: `The action ${action} failed unexpectedly: ${redact(text).slice(0, 2_000)}`,
    fix: "Retry the run from this step. When it fails again, the platform's log holds the details.",
    retryable: true,
  };
}

function withIssues(error: PlatformError): string {
  const missing = error.issues.filter((issue) => !error.message.includes(issue.message));
  if (missing.length === 0) return error.message;
  return `${error.message} (${missing.map(formatIssue).join("; ")})`;
}

export function invalidStep(issues: readonly Issue[]): RunError {
  return {
    code: "invalid_step_input",
    message: `The step's input is wrong: ${issues.map(formatIssue).join("; ")}`,
    fix: "Submit a plan with the right input, or retry when an earlier step now gives another output.",
    retryable: false,
  };
}

function formatIssue(issue: Issue): string {
  return `${issue.path}: ${issue.message}`;
}

/** A run's own error: the first failed step's, with the step named. */
export function toRunError(stepId: string, error: RunError): RunError {
  return { ...error, message: `Step "${stepId}": ${error.message}` };
}
