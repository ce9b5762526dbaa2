import { signInLink } from "@causeway/contract";
import { spawn } from "node:child_process";
import { z } from "zod";
import { clientOf, defineCommand, printResult } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatTime, shortRef } from "../terminal/format-value.ts";

export const login = defineCommand({
  name: "login",
  group: "Platform",
  summary: "Get a link that signs in to the portal",
  description:
    "Prints a new link that signs in to the portal, once and for a short time. Anybody who opens it is signed in: keep it " +
    "to yourself. The command line itself needs no sign-in, it uses a bearer token.",
  examples: [
    ["causeway login", "print a link"],
    ["causeway login --open", "open it in the browser"],
    ["causeway login --as user:developer", "a link for somebody else; for administrators"],
  ],
  configure: (command) =>
    command
      .option("--open", "open the link in the browser of this machine", false)
      .option("--as <ref>", "whom it signs in; default whoever the token belongs to"),
  input: z.object({ open: z.boolean(), as: z.string().optional(), json: z.boolean() }),
  run: async (input, context) => {
    const body = input.as === undefined ? {} : { principal: input.as };
    const options = { method: "POST", body } as const;
    const link = await clientOf(context).call("/api/sign-in-links", signInLink, options);
    if (input.open) openInBrowser(link.url);
    const remark = `Signs in ${shortRef(link.principal)}, once, until ${formatTime(link.expiresAt)}.`;
    const lines = [context.output.style.accent(link.url), remark];
    printResult(context, input, { document: link, lines });
    return exitCodes.done;
  },
});

const openers: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** As well as it goes: the link is printed in any case. */
function openInBrowser(url: string): void {
  const [program = "xdg-open", ...args] = openers[process.platform] ?? ["xdg-open"];
  const child = spawn(program, [...args, url], { detached: true, stdio: "ignore" });
  child.on("error", () => {});
  child.unref();
}
