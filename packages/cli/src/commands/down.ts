import { z } from "zod";
import { defineCommand, printResult } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { findHome } from "../local/home.ts";
import { stopPlatform } from "../local/stop-platform.ts";
import { formatDuration } from "../terminal/format-value.ts";

export const down = defineCommand({
  name: "down",
  group: "Platform",
  summary: "Stop the platform of this machine, whole",
  description:
    "Stops the platform of CAUSEWAY_HOME (default: .causeway of this checkout), however it was started, and waits until " +
    "no process, port or lock of it is left. Its data stays. Stopping one that does not run is no failure.",
  examples: [
    ["causeway down", "stop it and wait until it is gone"],
    ["CAUSEWAY_HOME=/srv/causeway causeway down", "the platform of another data folder"],
  ],
  configure: (command) => command,
  input: z.object({ json: z.boolean() }),
  run: async (input, context) => {
    const { output } = context;
    const home = findHome(context);
    const began = performance.now();
    const stopped = await stopPlatform(home, (name, pid) => {
      if (!input.json) output.print(output.style.dim(`Stopping ${name} (${pid}) …`));
    });
    const ms = Math.round(performance.now() - began);
    const line =
      stopped.length === 0
        ? `No platform runs on ${home.root}.`
        : `${output.style.good("✔")} The platform on ${home.root} is stopped (${formatDuration(ms)}). Its data stays.`;
    const processes = stopped.map(({ name, identity }) => ({ name, pid: identity.pid }));
    printResult(context, input, {
      document: { home: home.root, stopped: processes, ms },
      lines: [line],
    });
    return exitCodes.done;
  },
});
