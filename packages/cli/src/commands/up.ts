import { z } from "zod";
import { defineCommand, type CommandContext } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { exitCodeOfError, toFailure } from "../failure.ts";
import { startDetached, supervisedFlag } from "../local/detach.ts";
import { findHome } from "../local/home.ts";
import { supervise } from "../local/supervise.ts";
import type { Emit } from "../local/up-event.ts";
import { createJsonView, createLiveView, createPlainView, type UpView } from "../local/up-view.ts";
import { defaultPorts, parsePortSetting } from "../local/default-ports.ts";

const port = z.coerce
  .number({ error: "write a port number" })
  .int()
  .min(0, "a port lies between 0 (any free one) and 65535")
  .max(65_535, "a port lies between 0 (any free one) and 65535");

const upInput = z.object({
  empty: z.boolean(),
  port: port.optional(),
  gatewayPort: port.optional(),
  detach: z.boolean(),
  supervised: z.boolean(),
  json: z.boolean(),
});
type UpInput = z.output<typeof upInput>;

export const up = defineCommand({
  name: "up",
  group: "Platform",
  summary: "Start a platform on this machine and do its main job once",
  description:
    "Starts the control plane and the model gateway on embedded parts. Unless --empty is given it then applies the " +
    "example organisation, runs the golden path rag-service, asks the new service a question and prints the answer " +
    "with its sources. Ctrl-C stops everything; a second start goes on where the first stopped.",
  examples: [
    ["causeway up", "everything, in this terminal"],
    ["causeway up --detach", "in the background; `causeway down` stops it"],
    ["causeway up --empty --port 8400 --gateway-port 8401", "without the example, on other ports"],
    ["causeway up --json", "one JSON document a line for each thing that happens"],
  ],
  configure: (command) =>
    command
      .option("--empty", "without the example organisation and its service", false)
      .option("--port <port>", `of portal and API (${defaultPorts.port}; 0 = any free one)`)
      .option(
        "--gateway-port <port>",
        `of the model gateway (${defaultPorts.gatewayPort}; 0 = any free one)`,
      )
      .option("--detach", "return once it is ready and leave it running", false)
      .addOption(command.createOption(supervisedFlag).default(false).hideHelp()),
  input: upInput,
  run: async (input, context) => {
    if (input.supervised) return superviseForTerminal(input, context);
    const view = createView(input, context);
    try {
      return await (input.detach
        ? detach(input, context, view)
        : runSupervisor(input, context, view.emit));
    } finally {
      view.close();
    }
  },
});

function createView({ json }: UpInput, { output }: CommandContext): UpView {
  if (json) return createJsonView(output);
  return output.isTerminal ? createLiveView(output) : createPlainView(output);
}

/** Every failure becomes an event: a terminal, a log and a script all learn of it in their own way. */
async function runSupervisor(
  input: UpInput,
  context: CommandContext,
  emit: Emit,
): Promise<ExitCode> {
  const { env, signal, repositoryRoot } = context;
  try {
    await supervise({
      home: findHome(context),
      repositoryRoot,
      env,
      port: input.port ?? parsePortSetting(env, "CAUSEWAY_PORT") ?? defaultPorts.port,
      gatewayPort:
        input.gatewayPort ??
        parsePortSetting(env, "CAUSEWAY_GATEWAY_PORT") ??
        defaultPorts.gatewayPort,
      example: input.empty ? "none" : "acme",
      stopBy: input.supervised ? "npm run down" : "Ctrl-C",
      emit,
      signal,
    });
    return exitCodes.done;
  } catch (error) {
    // Ctrl-C during the start is a wish, not a failure, but the platform is not up either.
    if (!signal.aborted) emit({ kind: "failed", failure: toFailure(error) });
    return signal.aborted ? exitCodes.failed : exitCodeOfError(error);
  }
}

async function detach(input: UpInput, context: CommandContext, view: UpView): Promise<ExitCode> {
  const { env, cwd, signal } = context;
  const words = [
    ...(input.empty ? ["--empty"] : []),
    ...(input.port === undefined ? [] : ["--port", String(input.port)]),
    ...(input.gatewayPort === undefined ? [] : ["--gateway-port", String(input.gatewayPort)]),
  ];
  const options = { home: findHome(context), words, env, cwd, emit: view.emit, signal };
  const end = await startDetached(options);
  return end === "ready" ? exitCodes.done : exitCodes.failed;
}

/** In the background: events go to the log as lines and, as long as somebody waits, over the channel. */
async function superviseForTerminal(input: UpInput, context: CommandContext): Promise<ExitCode> {
  const log = createPlainView(context.output);
  return runSupervisor(input, context, (event) => {
    // The link signs in: it belongs to the terminal, not into a file.
    log.emit(event.kind === "ready" ? { ...event, signIn: "(shown in the terminal)" } : event);
    if (process.connected) process.send?.(event);
  });
}
