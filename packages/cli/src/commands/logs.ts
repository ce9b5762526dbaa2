import { isRunAtRest, type RunLogLine, type ServiceLogLine } from "@causeway/contract";
import { z } from "zod";
import {
  followRun,
  followServiceLogs,
  getRun,
  listRunLogs,
  listServiceLogs,
} from "../client/api.ts";
import type { Client } from "../client/client.ts";
import { clientOf, defineCommand, type CommandContext } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatTime } from "../terminal/format-value.ts";
import type { Style } from "../terminal/style.ts";

const logsInput = z.object({
  name: z.string(),
  follow: z.boolean(),
  limit: z.coerce.number().int().min(1).max(10_000),
  json: z.boolean(),
});
type LogsInput = z.output<typeof logsInput>;

export const logs = defineCommand({
  name: "logs",
  group: "Services and spend",
  summary: "Print the log of a service or of a run",
  description:
    "Prints the log of a service (by its name) or of a run (by its id). With --json each line is one JSON document.",
  examples: [
    ["causeway logs docs-bot --follow", "what the service writes, until Ctrl-C"],
    ["causeway logs run_01h2xcejqtf2nbrexx3vqjhp41", "what a run wrote"],
  ],
  configure: (command) =>
    command
      .argument("<name>", "a service's name or a run's id")
      .option(
        "-f, --follow",
        "go on with new lines until Ctrl-C (a run: until it is at rest)",
        false,
      )
      .option("--limit <count>", "how many of the last lines", "200"),
  input: logsInput,
  run: async (input, context) => {
    const client = clientOf(context);
    // Run ids carry their kind in front; an underscore cannot begin a service's name that way.
    if (input.name.startsWith("run_")) await printRunLog(client, input, context);
    else await printServiceLog(client, input, context);
    return exitCodes.done;
  },
});

async function printRunLog(client: Client, input: LogsInput, context: CommandContext) {
  const print = (line: RunLogLine) =>
    context.output.print(
      input.json ? JSON.stringify(line) : runLogText(line, context.output.style),
    );
  const past = await listRunLogs(client, input.name);
  for (const line of past.slice(-input.limit)) print(line);
  const run = await getRun(client, input.name);
  if (!input.follow || isRunAtRest(run.state)) return;
  const { signal } = context;
  const events = followRun(client, run.id, { afterLog: past.at(-1)?.seq ?? 0, signal });
  try {
    for await (const event of events) {
      if (event.kind === "log") print(event.line);
      if (event.kind === "end") return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function printServiceLog(client: Client, input: LogsInput, context: CommandContext) {
  const print = (line: ServiceLogLine) =>
    context.output.print(
      input.json ? JSON.stringify(line) : serviceLogText(line, context.output.style),
    );
  const past = await listServiceLogs(client, input.name, input.limit);
  for (const line of past) print(line);
  if (!input.follow) return;
  const options = { after: past.at(-1)?.seq, signal: context.signal };
  try {
    for await (const line of followServiceLogs(client, input.name, options)) print(line);
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
}

function runLogText(line: RunLogLine, style: Style): string {
  const level =
    line.level === "error" || line.level === "warn" ? style.warn(line.level) : line.level;
  return `${style.dim(formatTime(line.at))} ${level} ${style.accent(line.stepId ?? "run")} ${line.message}`;
}

function serviceLogText(line: ServiceLogLine, style: Style): string {
  const text = line.stream === "stderr" ? style.warn(line.text) : line.text;
  return `${style.dim(`${formatTime(line.at)} ${line.stream}`)} ${text}`;
}
