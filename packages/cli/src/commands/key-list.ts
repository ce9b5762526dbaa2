import { z } from "zod";
import { listBudgets, listKeys } from "../client/api.ts";
import { clientOf, defineCommand, printResult } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatCost, formatTime, shortRef } from "../terminal/format-value.ts";
import { tableLines } from "../terminal/table.ts";

export const keyList = defineCommand({
  name: "key list",
  group: "Services and spend",
  summary: "List the virtual keys and what their budgets have left",
  examples: [["causeway key list", "every key: whose it is, its budget, when it was last used"]],
  configure: (command) => command,
  input: z.object({ json: z.boolean() }),
  run: async (input, context) => {
    const client = clientOf(context);
    const [keys, budgets] = await Promise.all([listKeys(client), listBudgets(client)]);
    const budgetText = (ref: string | null) => {
      const budget = budgets.find((candidate) => candidate.ref === ref);
      if (!budget) return ref === null ? "none" : shortRef(ref);
      const used = budget.spentMicroUsd + budget.notionalMicroUsd;
      const notional = budget.notionalMicroUsd > 0;
      return `${formatCost(used, notional)} of ${formatCost(budget.capMicroUsd, false)} a ${budget.window}`;
    };
    const lines = tableLines(
      keys,
      [
        { title: "KEY", value: (key) => key.id },
        { title: "NAME", value: (key) => key.name },
        { title: "PRINCIPAL", value: (key) => shortRef(key.principal) },
        { title: "BUDGET", value: (key) => budgetText(key.budgetRef) },
        { title: "LAST USED", value: (key) => formatTime(key.lastUsedAt) },
        { title: "STATE", value: (key) => (key.revokedAt === null ? "valid" : "revoked") },
      ],
      context.output.style,
    );
    const document = { items: keys };
    printResult(context, input, { document, lines: keys.length === 0 ? ["No keys."] : lines });
    return exitCodes.done;
  },
});
