import { execFile } from "node:child_process";
import { devNull } from "node:os";
import { UnavailableError } from "@causeway/contract";

/** The `git` program, called with an argument array and no shell. Nothing of the machine's user reaches it: no
 *  configuration, hooks, templates, credentials, pager or prompts, so that a repository looks the same everywhere. */
export type GitCall = {
  /** The bare repository, where the command has one. */
  readonly gitDir?: string;
  readonly workTree?: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};

export type GitResult = { readonly code: number; readonly stdout: Buffer; readonly stderr: string };

const timeoutMs = 60_000;
const maxOutputBytes = 64 * 1024 * 1024;

const isolation = [
  ["core.hooksPath", devNull],
  ["core.autocrlf", "false"],
  ["core.fsmonitor", "false"],
  ["commit.gpgSign", "false"],
  ["gc.auto", "0"],
  // Repositories may belong to another user of this machine: the platform started as root, then not.
  ["safe.directory", "*"],
].flatMap(([name, value]) => ["-c", `${name}=${value}`]);

/** Runs git and returns how it ended. Throws `git_missing` without the program, `git_timeout` after a minute. */
export async function tryGit(args: readonly string[], call: GitCall = {}): Promise<GitResult> {
  const where = [
    ...(call.gitDir === undefined ? [] : [`--git-dir=${call.gitDir}`]),
    ...(call.workTree === undefined
      ? []
      : [`--work-tree=${call.workTree}`, "-c", "core.bare=false"]),
  ];
  return new Promise((resolve, reject) => {
    const child = execFile(
      "git",
      [...isolation, ...where, ...args],
      {
        encoding: "buffer",
        env: environment(call.env ?? {}),
        timeout: timeoutMs,
        killSignal: "SIGKILL",
        maxBuffer: maxOutputBytes,
        windowsHide: true,
        ...(call.signal ? { signal: call.signal } : {}),
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : exitCodeOf(error);
        if (code === undefined) return reject(error ? explain(error) : new Error("git: no result"));
        resolve({ code, stdout, stderr: stderr.toString("utf8").trim() });
      },
    );
    // The child may end without reading its input; how it ended is what counts.
    child.stdin?.on("error", () => {});
    child.stdin?.end(call.input);
  });
}

/** Runs git and returns its output as text. A refusal of git is a bug of the caller, so it throws a plain Error. */
export async function runGit(args: readonly string[], call: GitCall = {}): Promise<string> {
  const { code, stdout, stderr } = await tryGit(args, call);
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}: ${stderr}`);
  return stdout.toString("utf8").trim();
}

function environment(extra: Readonly<Record<string, string>>): Record<string, string> {
  // Not a setting: a child needs the PATH that this process was started with.
  const path = process.env["PATH"];
  return {
    ...(path === undefined ? {} : { PATH: path }),
    // Windows programs do not start without it.
    ...(process.env["SystemRoot"] ? { SystemRoot: process.env["SystemRoot"] } : {}),
    LC_ALL: "C",
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_PAGER: "cat",
    ...extra,
  };
}

function exitCodeOf(error: Error): number | undefined {
  const code: unknown = "code" in error ? error.code : undefined;
  return typeof code === "number" ? code : undefined;
}

function explain(error: Error): Error {
  if ("code" in error && error.code === "ENOENT") {
    return new UnavailableError({
      code: "git_missing",
      message: "The program git was not found",
      fix: "Install git and make sure that it is on the PATH of the platform.",
      cause: error,
    });
  }
  if ("killed" in error && error.killed === true) {
    return new UnavailableError({
      code: "git_timeout",
      message: `git did not end within ${timeoutMs / 1000} s`,
      fix: "Try again; look at the disk of CAUSEWAY_HOME when it happens twice.",
      cause: error,
    });
  }
  return error;
}
