import { auditVerification } from "@causeway/contract";
import { z } from "zod";
import { clientOf, defineCommand, printResult } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatNumber } from "../terminal/format-value.ts";

export const auditVerify = defineCommand({
  name: "audit verify",
  group: "Platform",
  summary: "Check that nobody has changed the audit log",
  description: "Follows every hash chain of the audit log. Exit code 1 when a chain is broken.",
  examples: [
    ["causeway audit verify", "how many entries were checked, and where a chain is broken"],
  ],
  configure: (command) => command,
  input: z.object({ json: z.boolean() }),
  run: async (input, context) => {
    const { style } = context.output;
    const result = await clientOf(context).call("/api/audit/verification", auditVerification);
    const checked = `${formatNumber(result.entries)} entries in ${formatNumber(result.chains)} chains`;
    const faults = result.faults.map((fault) =>
      style.bad(`✖ ${fault.chain} #${fault.seq}: ${fault.message}`),
    );
    const verdict =
      faults.length === 0 ? `${style.good("✔")} ${checked}, all intact` : `${checked}, broken:`;
    printResult(context, input, { document: result, lines: [verdict, ...faults] });
    return faults.length === 0 ? exitCodes.done : exitCodes.failed;
  },
});
