import { InvalidError } from "@causeway/contract";
import { Command } from "commander";
import { z } from "zod";
import { createClient, type Client } from "./client/client.ts";
import { findAddress } from "./client/find-address.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { Output } from "./terminal/output.ts";

/** What the process gives to a command; `main.ts` makes it, tests make their own. */
export type CommandContext = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly repositoryRoot: string;
  readonly output: Output;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
};

export type CommandDefinition = {
  /** Words after `causeway`: `up`, or `key create`. */
  readonly name: string;
  readonly group: "Platform" | "Catalog" | "Runs" | "Services and spend";
  readonly summary: string;
  readonly description?: string;
  /** `command line → what it does`, shown in the help and in the reference. */
  readonly examples: readonly (readonly [command: string, effect: string])[];
  readonly configure: (command: Command) => Command;
  readonly run: (input: unknown, context: CommandContext) => Promise<ExitCode>;
};

type TypedDefinition<Input extends z.ZodType> = Omit<CommandDefinition, "run"> & {
  /** Options and named arguments together, as the command wants them. */
  readonly input: Input;
  readonly run: (input: z.output<Input>, context: CommandContext) => Promise<ExitCode>;
};

export function defineCommand<Input extends z.ZodType>(
  definition: TypedDefinition<Input>,
): CommandDefinition {
  return {
    ...definition,
    run: async (input, context) => definition.run(parseInput(definition.input, input), context),
  };
}

function parseInput<Input extends z.ZodType>(schema: Input, input: unknown): z.output<Input> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidError({
    code: "wrong_use",
    message: "The command line is wrong",
    issues: parsed.error.issues.map((issue) => ({
      path: flagOf(issue.path),
      message: issue.message,
    })),
    fix: "Add --help to see the command's options and examples.",
  });
}

function flagOf(path: readonly PropertyKey[]): string {
  const name = String(path[0] ?? "");
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export function clientOf(context: CommandContext): Client {
  return createClient(findAddress(context));
}

/** One JSON document for scripts, or lines for people. */
export function printResult(
  context: CommandContext,
  options: { readonly json: boolean },
  result: { readonly document: unknown; readonly lines: readonly string[] },
): void {
  if (options.json) context.output.print(JSON.stringify(result.document, null, 2));
  else context.output.print(...result.lines);
}
