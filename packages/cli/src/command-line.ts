import { CommanderError } from "commander";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { CommandContext } from "./command.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";
import { exitCodeOfError, failureLines, toFailure } from "./failure.ts";
import { createProgram } from "./program.ts";

/** One command from its words to its exit code; never throws. */
export async function runCommandLine(
  words: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const version = readVersion();
  const program = createProgram({ version, context, onExitCode: (code) => (exitCode = code) });
  try {
    await program.parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
    }
    if (context.signal.aborted) return exitCodes.failed;
    const failure = toFailure(error);
    if (words.includes("--json")) context.output.print(JSON.stringify({ error: failure }, null, 2));
    else context.output.printError(...failureLines(failure, context.output.style));
    return exitCodeOfError(error);
  }
}

function readVersion(): string {
  const text = readFileSync(resolve(import.meta.dirname, "../package.json"), "utf8");
  const { version } = JSON.parse(text) as { version: string }; // our own file, checked by npm
  return version;
}
