import { Command, type Option } from "commander";
import { resolve } from "node:path";
import type { CommandDefinition } from "./command.ts";
import { commands } from "./commands.ts";

export const cliReferenceFile = resolve(import.meta.dirname, "../../../docs/reference/cli.md");

const introduction = `# The command line

<!-- Generated from the command definitions by tools/generate-cli-reference.ts; do not edit. -->

In the repository: \`npx causeway <command>\`; \`npm run up\` and \`npm run down\` are short for the first two.
Every command has \`--help\` and \`--json\` (one JSON document on standard output; \`up\` prints one a line).

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed |
| 2 | wrong use: an option, a value, a file |
| 3 | refused by policy |
| 4 | waiting for approval |

| variable | meaning |
|---|---|
| \`CAUSEWAY_URL\`, \`CAUSEWAY_TOKEN\` | a platform that runs elsewhere, and a bearer token for it |
| \`CAUSEWAY_HOME\` | data folder of a local platform; its \`ready.json\` is used when \`CAUSEWAY_URL\` is not set |
| \`CAUSEWAY_PORT\`, \`CAUSEWAY_GATEWAY_PORT\` | ports of \`up\`, as its flags |
| \`NO_COLOR\` | text without colours |

Without \`CAUSEWAY_URL\` and \`CAUSEWAY_HOME\` the nearest \`.causeway/ready.json\` from the present folder upwards is used.
`;

/** The reference page, from the same definitions that parse the command line. */
export function cliReference(): string {
  const groups = [...new Set(commands.map((definition) => definition.group))];
  const sections = groups.map((group) => {
    const members = commands.filter((definition) => definition.group === group);
    return [`## ${group}`, "", ...members.map(commandSection)].join("\n");
  });
  return `${[introduction, ...sections].join("\n").trimEnd()}\n`;
}

function commandSection(definition: CommandDefinition): string {
  const command = definition.configure(new Command(definition.name));
  const words = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  const rows = [
    ...command.registeredArguments.map((argument) => [argument.name(), argument.description]),
    ...command.options.filter((option) => !option.hidden).map(optionRow),
  ].map(([name = "", text = ""]) => `| \`${name}\` | ${text.replaceAll("|", "\\|")} |`);
  return [
    `### causeway ${[definition.name, ...words].join(" ")}`,
    "",
    definition.description ?? `${definition.summary}.`,
    "",
    ...(rows.length === 0 ? [] : ["| argument or option | meaning |", "|---|---|", ...rows, ""]),
    "```sh",
    ...definition.examples.flatMap(([line, effect]) => [`# ${effect}`, line]),
    "```",
    "",
  ].join("\n");
}

function optionRow(option: Option): [string, string] {
  const isPlain =
    typeof option.defaultValue === "string" || typeof option.defaultValue === "number";
  const fallback = isPlain ? ` (default ${String(option.defaultValue)})` : "";
  return [option.flags, `${option.description}${fallback}`];
}
