import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { readyFile, serviceAnswer, type ReadyFile, type ServiceAnswer } from "@causeway/contract";

export const repositoryRoot = resolve(import.meta.dirname, "..");

export type Finished = { readonly code: number; readonly out: string; readonly err: string };

export type Settings = Readonly<Record<string, string>>;

/** `causeway <words>` as a person would give it, in a process of its own. */
export async function causeway(
  words: readonly string[],
  home: string,
  settings: Settings = {},
): Promise<Finished> {
  const main = join(repositoryRoot, "packages/cli/src/main.ts");
  const { CAUSEWAY_URL: _url, CAUSEWAY_TOKEN: _token, ...environment } = process.env;
  const env = { ...environment, ...settings, CAUSEWAY_HOME: home, NO_COLOR: "1" };
  return new Promise((resolve) => {
    const options = { env, cwd: repositoryRoot, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [main, ...words], options, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, out, err });
    });
  });
}

/** An empty folder with a short path: sockets of the database have a limit. As root its database runs under another user,
 *  who may pass: then the data lies inside too, and is copied and removed with it. */
export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "cw-"));
  chmodSync(home, 0o711);
  return home;
}

export function readReady(home: string): ReadyFile {
  return readyFile.parse(JSON.parse(readFileSync(join(home, "ready.json"), "utf8")));
}

export type TestPlatform = { readonly home: string; readonly stop: () => Promise<void> };

/** A platform on free ports; fails with everything that the start said. */
export async function startPlatform(
  options: {
    readonly home?: string;
    readonly words?: readonly string[];
    readonly settings?: Settings;
  } = {},
): Promise<TestPlatform> {
  const home = options.home ?? newHome();
  const ports = ["--port", "0", "--gateway-port", "0"];
  const words = ["up", "--detach", ...ports, ...(options.words ?? [])];
  const started = await causeway(words, home, options.settings);
  if (started.code !== 0) {
    await removePlatform(home);
    throw new Error(`up ended with ${started.code}\n${started.out}\n${started.err}`);
  }
  return { home, stop: () => removePlatform(home) };
}

export async function removePlatform(home: string): Promise<void> {
  const stopped = await causeway(["down"], home);
  if (stopped.code !== 0) throw new Error(`down failed\n${stopped.out}\n${stopped.err}`);
  rmSync(home, { recursive: true, force: true });
}

/** Asks a service through the ingress. */
export async function ask(
  ready: ReadyFile,
  service: string,
  question: string,
): Promise<ServiceAnswer> {
  const response = await fetch(`${ready.portal}/services/${service}/ask`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${ready.token}` },
    body: JSON.stringify({ question }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return serviceAnswer.parse(await response.json());
}

export async function canConnect(origin: string): Promise<boolean> {
  return fetch(origin, { signal: AbortSignal.timeout(5_000) }).then(
    () => true,
    () => false,
  );
}

const identity = z.object({ pid: z.int(), began: z.string() });
const upFile = z.object({
  supervisor: identity,
  children: z.array(identity.extend({ name: z.string() })),
});
type Identity = z.infer<typeof identity>;

/** What `up` wrote down about its processes. */
export const readUp = (home: string) =>
  upFile.parse(JSON.parse(readFileSync(join(home, "run/up.json"), "utf8")));

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie that nobody collects answers too.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Only the process that the platform wrote down. */
export function killHard(process_: Identity): void {
  process.kill(process_.pid, "SIGKILL");
}
