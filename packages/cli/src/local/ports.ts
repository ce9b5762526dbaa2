import { ConflictError } from "@causeway/contract";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { identifyProcess } from "./processes.ts";

const loopback = "127.0.0.1";

/** The port itself when it is free; 0 asks for any free one. Undefined = taken. */
async function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host: loopback, exclusive: true }, () => {
      const { port: bound } = server.address() as AddressInfo; // a TCP server that listens has one
      server.close(() => resolve(bound));
    });
  });
}

export type WantedPort = { readonly port: number; readonly flag: string; readonly setting: string };

/** Asked before anything starts, so that a taken port costs nothing and names its holder. */
export async function claimPort(wanted: WantedPort): Promise<number> {
  const port = await tryPort(wanted.port);
  if (port !== undefined) return port;
  const holder = findListener(wanted.port);
  const by = holder ? ` by process ${holder.pid} (${holder.command.slice(0, 120)})` : "";
  throw new ConflictError({
    code: "port_in_use",
    message: `Port ${wanted.port} is in use${by}`,
    fix: `Stop that process, or choose another port: ${wanted.flag} <port> (or ${wanted.setting}).`,
    extra: holder ? { pid: holder.pid } : {},
  });
}

/** The process that listens on a port, where the system lets us see it. */
export function findListener(port: number) {
  const pid = process.platform === "linux" ? listenerOnLinux(port) : listenerByLsof(port);
  return pid === undefined ? undefined : identifyProcess(pid);
}

function listenerByLsof(port: number): number | undefined {
  try {
    const query = ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-t"];
    const [first = ""] = execFileSync("lsof", query, { encoding: "utf8" }).split("\n");
    return Number(first) || undefined;
  } catch {
    return undefined;
  }
}

/** /proc/net/tcp tells the socket's inode, /proc/<pid>/fd who has it open. */
function listenerOnLinux(port: number): number | undefined {
  const inodes = new Set(
    ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => inodesOf(file, port)),
  );
  if (inodes.size === 0) return undefined;
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).find((pid) => holdsSocket(pid, inodes));
}

const stateListen = "0A";

function inodesOf(file: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  return listOrNothing(() => readFileSync(file, "utf8").trim().split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${hexPort}`) && fields[3] === stateListen)
    .map((fields) => `socket:[${fields[9] ?? ""}]`);
}

function holdsSocket(pid: number, inodes: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  return listOrNothing(() => readdirSync(folder)).some((descriptor) =>
    listOrNothing(() => [readlinkSync(`${folder}/${descriptor}`)]).some((link) => inodes.has(link)),
  );
}

/** Files under /proc vanish and hide; what cannot be read tells nothing. */
function listOrNothing(read: () => string[]): string[] {
  try {
    return read();
  } catch {
    return [];
  }
}
