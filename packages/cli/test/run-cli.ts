import { runCommandLine } from "../src/command-line.ts";
import { createOutput } from "../src/terminal/output.ts";

export type CliResult = { readonly code: number; readonly out: string; readonly err: string };

/** A command as the shell would run it, without a process. */
export async function runCli(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<CliResult> {
  let out = "";
  let err = "";
  const output = createOutput({
    stdout: { write: (text: string | Uint8Array) => ((out += String(text)), true) },
    stderr: { write: (text: string | Uint8Array) => ((err += String(text)), true) },
    env,
  });
  const code = await runCommandLine(words, {
    env,
    cwd: "/nowhere",
    repositoryRoot: "/nowhere",
    output,
    signal: new AbortController().signal,
  });
  return { code, out, err };
}
