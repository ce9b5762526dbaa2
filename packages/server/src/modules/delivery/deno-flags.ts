import { InvalidError } from "@causeway/contract";
import type { Manifest, platformVariables } from "./manifest.ts";

/** The name by which a service reaches the gateway. Deno's `--allow-net` grants listening and connecting as one right, so
 *  an address of this machine in it could be *listened* on: a service could take the gateway's port while the gateway
 *  restarts and collect its neighbours' keys. A name that no DNS ever answers (RFC 9476) can be neither bound nor
 *  dialled; only the proxy setting, which the service cannot change, leads from it to the gateway. */
const gatewayName = "gateway.causeway.alt";
const gatewayUrl = `http://${gatewayName}`;

/** Where one start of a service takes place. */
export type Placement = {
  readonly service: string;
  /** The read-only copy. Absolute, without symbolic links. */
  readonly folder: string;
  /** Deno's own files of this service. Its `localStorage` and `caches` end up here, so no two services share it. */
  readonly denoDirectory: string;
  readonly port: number;
  readonly gatewayPort: number;
  readonly controlPort: number;
  readonly hasNodeModules: boolean;
  readonly key: string;
};

/** What is in the way of any module or program from elsewhere; the preflight looks through the same glasses. */
export function compileModuleFlags(placement: Pick<Placement, "hasNodeModules">): string[] {
  return [
    "--no-remote",
    "--deny-import",
    "--no-config",
    "--no-lock",
    // `--no-npm` also switches off an installed node_modules.
    placement.hasNodeModules ? "--node-modules-dir=manual" : "--no-npm",
  ];
}

/** A manifest to the command line that grants exactly what it declares. */
export function compileRunArguments(manifest: Manifest, placement: Placement): string[] {
  const read = manifest.files.read.map((path) => insideFolder(placement.folder, path));
  return [
    "run",
    "--quiet",
    "--no-prompt",
    ...compileModuleFlags(placement),
    `--allow-net=${allowedNet(manifest, placement).join(",")}`,
    `--deny-net=${deniedNet(manifest, placement).join(",")}`,
    `--allow-env=${visibleVariables(manifest).join(",")}`,
    // Undeclared variables are undefined instead of an error: libraries probe for dozens of them.
    "--ignore-env",
    ...(read.length === 0 ? [] : [`--allow-read=${read.join(",")}`]),
    `--v8-flags=--max-old-space-size=${heapMiB(manifest.limits.memoryMiB)}`,
    insideFolder(placement.folder, manifest.entry),
  ];
}

function allowedNet(manifest: Manifest, placement: Placement): string[] {
  return [
    `127.0.0.1:${placement.port}`,
    ...manifest.egress.map((to) =>
      to.kind === "gateway" ? `${gatewayName}:80` : `${to.host}:${to.port}`,
    ),
  ];
}

/** `--deny-net` judges the address that a name turned out to have, and beats `--allow-net`. */
function deniedNet(manifest: Manifest, placement: Placement): string[] {
  const hosts = manifest.egress.filter((to) => to.kind === "host");
  // Without declared hosts there is no reason to leave the machine, whatever a DNS may answer for the gateway's name.
  if (hosts.length === 0) return allButLoopback;
  return [
    "169.254.0.0/16", // cloud metadata
    ...[placement.gatewayPort, placement.controlPort].map((port) => `127.0.0.1:${port}`),
  ];
}

const allButLoopback = [
  "0.0.0.0/2",
  "64.0.0.0/3",
  "96.0.0.0/4",
  "112.0.0.0/5",
  "120.0.0.0/6",
  "124.0.0.0/7",
  "126.0.0.0/8",
  "128.0.0.0/1",
];

function visibleVariables(manifest: Manifest): string[] {
  return [...new Set([...manifest.env, ...Object.keys(manifest.settings)])];
}

/** The whole environment of the process: nothing is inherited. The service sees only what `--allow-env` names. */
export function compileEnvironment(
  manifest: Manifest,
  placement: Placement,
): Record<string, string> {
  const given: Record<(typeof platformVariables)[number], string> = {
    PORT: String(placement.port),
    CAUSEWAY_GATEWAY_URL: gatewayUrl,
    CAUSEWAY_KEY: placement.key,
    CAUSEWAY_SERVICE: placement.service,
  };
  const hosts = manifest.egress.flatMap((to) => (to.kind === "host" ? [to.host] : []));
  return {
    ...manifest.settings,
    ...Object.fromEntries(Object.entries(given).filter(([name]) => manifest.env.includes(name))),
    ...compileDenoEnvironment(placement),
    ...(manifest.egress.some((to) => to.kind === "gateway")
      ? { HTTP_PROXY: `http://127.0.0.1:${placement.gatewayPort}` }
      : {}),
    NO_PROXY: ["127.0.0.1", ...hosts].join(","),
  };
}

/** What Deno itself reads. */
export function compileDenoEnvironment(
  placement: Pick<Placement, "denoDirectory" | "hasNodeModules">,
): Record<string, string> {
  return {
    DENO_DIR: placement.denoDirectory,
    DENO_NO_UPDATE_CHECK: "1",
    DENO_NO_PROMPT: "1",
    NO_COLOR: "1",
    // A package.json in a folder above the service must not bring its dependencies in.
    ...(placement.hasNodeModules ? {} : { DENO_NO_PACKAGE_JSON: "1" }),
  };
}

/** V8's share; the rest is for buffers, code and threads. */
function heapMiB(memoryMiB: number): number {
  return Math.floor(memoryMiB * 0.75);
}

/** What `ulimit -d` must leave for Deno before a service has used anything: V8 reserves 512 MiB for the code of each
 *  thread, which counts in full. Deno 2.9.5 on x64 shows 545 MiB at rest and 523 MiB more a worker (2026-11). */
const reservedMiB = { main: 576, worker: 544 } as const;

/** The hard limit, in the KiB that `ulimit -d` wants. The heap's limit does not count ArrayBuffers; this one does. A
 *  declared worker loosens it by what its thread reserves; the watch on what is really used stays as tight. */
export function dataLimitKiB({ limits }: Manifest): number {
  const reserved = reservedMiB.main + limits.workers * reservedMiB.worker;
  return (reserved + limits.memoryMiB) * 1_024;
}

function insideFolder(folder: string, path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const joined = [folder, ...parts].join("/");
  if (!joined.includes(",")) return joined;
  throw new InvalidError({
    code: "home_path_with_comma",
    message: `${joined} holds a comma, which a list of readable paths cannot carry`,
    fix: "Use a CAUSEWAY_HOME without a comma in its path.",
  });
}
