import { Command } from "commander";
import type { CommandContext, CommandDefinition } from "./command.ts";
import { commands } from "./commands.ts";
import type { ExitCode } from "./exit-codes.ts";

const exitCodeHelp = `
Exit codes: 0 done, 1 failed, 2 wrong use, 3 refused by policy, 4 waiting for approval.
Environment: CAUSEWAY_URL and CAUSEWAY_TOKEN name a platform; without them the local one is used
(ready.json of CAUSEWAY_HOME, else of the nearest .causeway folder).`;

export type ProgramOptions = {
  readonly version: string;
  readonly context: CommandContext;
  readonly onExitCode: (code: ExitCode) => void;
};

/** The whole command line as data for commander; also what the reference page is generated from. */
export function createProgram(options: ProgramOptions): Command {
  const { output } = options.context;
  const program = new Command("causeway")
    .description(
      "Causeway on the command line: start a platform, ask it, and change it through runs.",
    )
    .version(options.version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.print(text.replace(/\n$/, "")),
      writeErr: (text) => output.printError(text.replace(/\n$/, "")),
    })
    .showSuggestionAfterError()
    .showHelpAfterError("Add --help to see what is possible.")
    .addHelpText("after", exitCodeHelp);
  for (const definition of commands) addCommand(program, definition, options);
  return program;
}

/** Groups such as `key` have no action of their own. */
const groupSummaries: Readonly<Record<string, string>> = {
  key: "Virtual keys for the model gateway",
  audit: "The audit log",
};

function addCommand(program: Command, definition: CommandDefinition, options: ProgramOptions) {
  const words = definition.name.split(" ");
  const last = words.at(-1) ?? "";
  const parent = words.length === 1 ? program : findGroup(program, words[0] ?? "", definition);
  const command = definition.configure(
    parent.command(last).summary(definition.summary).helpGroup(`${definition.group}:`),
  );
  command
    .description(definition.description ?? `${definition.summary}.`)
    .option("--json", "print one JSON document instead of text", false)
    .addHelpText("after", () => `\n${exampleLines(definition).join("\n")}`)
    .action(async (...received: unknown[]) => {
      const values = received.slice(0, command.registeredArguments.length);
      const named = command.registeredArguments.map((argument, index) => [
        argument.name().replaceAll(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase()),
        values[index],
      ]);
      const input = { ...command.opts(), ...Object.fromEntries(named) };
      options.onExitCode(await definition.run(input, options.context));
    });
}

function findGroup(program: Command, name: string, definition: CommandDefinition): Command {
  const known = program.commands.find((command) => command.name() === name);
  if (known) return known;
  return program
    .command(name)
    .summary(groupSummaries[name] ?? name)
    .description(`${groupSummaries[name] ?? name}.`)
    .helpCommand(false)
    .helpGroup(`${definition.group}:`);
}

function exampleLines(definition: CommandDefinition): string[] {
  return [
    "Examples:",
    ...definition.examples.flatMap(([command, effect]) => [`  $ ${command}`, `      ${effect}`]),
  ];
}
