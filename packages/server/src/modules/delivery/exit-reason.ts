/** How a process ended. */
export type Exit = {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why we ended it ourselves, if we did. */
  readonly endedBy: "memory" | "health" | "stop" | undefined;
};

export type ExitReason = {
  readonly code: "memory_limit" | "permission" | "not_healthy" | "stopped" | "killed" | "exited";
  readonly text: string;
};

/** Why a service ended, in words for its owner, from how it ended and what it said last. */
export function explainExit(
  exit: Exit,
  lastLines: readonly string[],
  memoryMiB: number,
): ExitReason {
  const said = lastLines.join("\n");
  if (/reserve virtual memory for CodeRange/.test(said)) {
    return {
      code: "memory_limit",
      text: "It started more worker threads than limits.workers of its manifest declares",
    };
  }
  if (
    exit.endedBy === "memory" ||
    /array buffer allocation failed|out of memory|heap limit/i.test(said)
  ) {
    return {
      code: "memory_limit",
      text: `It used more than its ${memoryMiB} MiB of memory (limits.memoryMiB of its manifest)`,
    };
  }
  if (exit.endedBy === "health") {
    return { code: "not_healthy", text: "It no longer answered /healthz and was ended" };
  }
  if (exit.endedBy === "stop") return { code: "stopped", text: "It was stopped" };
  const denied = /(?:NotCapable|PermissionDenied)[^\n]*/.exec(said)?.[0];
  if (denied) {
    return {
      code: "permission",
      text: `It ended over something its manifest does not declare: ${denied}`,
    };
  }
  if (exit.signal !== null) return { code: "killed", text: `It was ended by ${exit.signal}` };
  return { code: "exited", text: `It ended by itself with exit code ${exit.code ?? "unknown"}` };
}
