import type { WriteStream } from "node:tty";
import { createStyle, type Style } from "./style.ts";

/** Where a command writes. Results go to standard output, remarks and failures to standard error, so that a pipe
 *  gets only the result. */
export type Output = {
  readonly isTerminal: boolean;
  readonly columns: () => number;
  readonly rows: () => number;
  readonly style: Style;
  readonly print: (...lines: readonly string[]) => void;
  readonly printError: (...lines: readonly string[]) => void;
  /** Raw, for the live region. */
  readonly write: (text: string) => void;
};

type Stream = Pick<NodeJS.WriteStream, "write"> &
  Partial<Pick<WriteStream, "isTTY" | "columns" | "rows">>;

export type OutputOptions = {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
};

export function createOutput({ stdout, stderr, env }: OutputOptions): Output {
  const isTerminal = stdout.isTTY === true && env["TERM"] !== "dumb";
  return {
    isTerminal,
    columns: () => stdout.columns ?? 100,
    rows: () => stdout.rows ?? 40,
    style: createStyle({ colours: isTerminal && !env["NO_COLOR"] }),
    print: (...lines) => void stdout.write(lines.map((line) => `${line}\n`).join("")),
    printError: (...lines) => void stderr.write(lines.map((line) => `${line}\n`).join("")),
    write: (text) => void stdout.write(text),
  };
}
