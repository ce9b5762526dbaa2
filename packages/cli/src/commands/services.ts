import { z } from "zod";
import { listServices } from "../client/api.ts";
import { clientOf, defineCommand, printResult } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatTime, shortRef } from "../terminal/format-value.ts";
import { tableLines } from "../terminal/table.ts";

export const services = defineCommand({
  name: "services",
  group: "Services and spend",
  summary: "List the services that the platform runs",
  examples: [
    ["causeway services", "name, health, address and commit of every service"],
    ["causeway services --json", "the same for a script"],
  ],
  configure: (command) => command,
  input: z.object({ json: z.boolean() }),
  run: async (input, context) => {
    const client = clientOf(context);
    const items = await listServices(client);
    const { style } = context.output;
    const lines = tableLines(
      items,
      [
        { title: "NAME", value: (service) => service.name },
        { title: "HEALTH", value: (service) => healthText(service.health) },
        { title: "OWNER", value: (service) => shortRef(service.owner) },
        { title: "ADDRESS", value: (service) => `${client.address.origin}${service.ingress}` },
        { title: "COMMIT", value: (service) => service.commit.slice(0, 8) },
        { title: "STARTED", value: (service) => formatTime(service.startedAt) },
        { title: "RESTARTS", value: (service) => String(service.restarts), align: "right" },
      ],
      style,
    );
    const empty = "No service runs yet. causeway create rag-service makes one.";
    printResult(context, input, {
      document: { items },
      lines: items.length === 0 ? [empty] : lines,
    });
    return exitCodes.done;

    function healthText(health: string): string {
      if (health === "healthy") return style.good(health);
      return health === "failed" || health === "unhealthy" ? style.bad(health) : style.warn(health);
    }
  },
});
