import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Home } from "./home.ts";
import { readJsonFile } from "./json-file.ts";

/** What the processes of a platform write about themselves below `run/`. */
const controlFile = z.looseObject({
  pid: z.int(),
  origin: z.url(),
  token: z.string(),
  signIn: z.url(),
});
export type ControlFile = z.infer<typeof controlFile>;
const gatewayFile = z.looseObject({ pid: z.int(), origin: z.url() });
export type GatewayFile = z.infer<typeof gatewayFile>;
const pidFile = z.looseObject({ pid: z.int() });

const processIdentity = z.object({ pid: z.int(), began: z.string(), command: z.string() });

/** What `up` writes about itself and its children before it waits for them, so that `down` finds them after a kill. */
const upFile = z.object({
  supervisor: processIdentity,
  children: z.array(processIdentity.extend({ name: z.string() })),
});
export type UpFile = z.infer<typeof upFile>;

export const fileNames = {
  up: "up.json",
  control: "control.json",
  gateway: "gateway.json",
} as const;

export function readUpFile(home: Home): UpFile | undefined {
  return readJsonFile(join(home.run, fileNames.up), upFile);
}

export function readControlFile(home: Home): ControlFile | undefined {
  return readJsonFile(join(home.run, fileNames.control), controlFile);
}

export function readGatewayFile(home: Home): GatewayFile | undefined {
  return readJsonFile(join(home.run, fileNames.gateway), gatewayFile);
}

/** Pids that files of this home name, with a text that the process's command line must hold to be believed. */
export function listClaimedPids(
  home: Home,
): { readonly name: string; readonly pid: number; readonly mark: string }[] {
  const claims = [
    { name: "control", file: join(home.run, fileNames.control), mark: "main.ts control" },
    { name: "gateway", file: join(home.run, fileNames.gateway), mark: "main.ts gateway" },
    { name: "control", file: home.lock, mark: "main.ts control" },
    ...listFiles(home.services).map((name) => ({
      name: `service ${name.replace(/(\.\d+)?\.json$/, "")}`,
      file: join(home.services, name),
      mark: join(home.root, "services"),
    })),
  ];
  return claims.flatMap(({ name, file, mark }) => {
    const claim = readJsonFile(file, pidFile);
    return claim ? [{ name, pid: claim.pid, mark }] : [];
  });
}

const instanceFile = z.looseObject({ dataDirectory: z.string() });

export type Postmaster = {
  readonly pid: number;
  readonly dataDirectory: string;
  readonly socketDirectory: string;
};

/** The embedded database of this home as its postmaster.pid tells it: pid, data directory, start, port, socket
 *  directory, a line each (pidfile.h of PostgreSQL). */
export function readPostmaster(home: Home): Postmaster | undefined {
  const instance = readJsonFile(join(home.root, "instance.json"), instanceFile);
  if (!instance) return undefined;
  const { dataDirectory } = instance;
  try {
    const lines = readFileSync(join(dataDirectory, "postmaster.pid"), "utf8").split("\n");
    return { pid: Number(lines[0]), dataDirectory, socketDirectory: lines[4]?.trim() ?? "" };
  } catch {
    return undefined;
  }
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
