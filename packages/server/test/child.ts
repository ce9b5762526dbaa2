import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** A script under test in a process of its own, to be killed. It speaks in JSON lines. */
export type Child = {
  readonly pid: number;
  /** The next line that has all of these members; rejects when the child ends first. */
  waitFor(wanted: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Ends it with kill -9, as a crash does, and waits until it is gone. */
  kill(): Promise<void>;
};

export function startChild(script: URL, args: readonly string[]): Child {
  const child = spawn(process.execPath, [script.pathname, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  const wake = () => waiting.forEach((look) => look());
  let errors = "";
  let hasEnded = false;
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(parseLine(line));
    wake();
  });
  child.once("close", () => {
    hasEnded = true;
    wake();
  });

  return {
    pid: child.pid ?? -1,
    waitFor: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const index = lines.findIndex((line) => matches(line, wanted));
          const [found] = index < 0 ? [] : lines.splice(index, 1);
          if (!found && !hasEnded) return;
          waiting.delete(look);
          if (found) resolve(found);
          else reject(new Error(`the child ended before ${JSON.stringify(wanted)}: ${errors}`));
        };
        waiting.add(look);
        look();
      }),
    kill: () => killAndWait(child),
  };
}

function killAndWait(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("close", () => resolve());
    child.kill("SIGKILL");
  });
}

function parseLine(line: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(line) };
  } catch {
    return { text: line };
  }
}

function matches(line: Record<string, unknown>, wanted: Record<string, unknown>): boolean {
  return Object.entries(wanted).every(([key, value]) => line[key] === value);
}
