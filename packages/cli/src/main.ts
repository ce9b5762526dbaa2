import { resolve } from "node:path";
import { runCommandLine } from "./command-line.ts";
import { exitCodes } from "./exit-codes.ts";
import { createOutput } from "./terminal/output.ts";

const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => interrupt.abort());
}
// A closed pipe (`causeway runs | head`) ends the output, it is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(exitCodes.done);
});
process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  repositoryRoot: resolve(import.meta.dirname, "../../.."),
  output: createOutput({ stdout: process.stdout, stderr: process.stderr, env: process.env }),
  signal: interrupt.signal,
});
