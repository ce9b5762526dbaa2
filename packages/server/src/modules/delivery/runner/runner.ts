import type { Exit } from "../exit-reason.ts";
import type { Manifest } from "../manifest.ts";
import type { ProcessIdentity } from "#platform/processes";

/** One start of a service. */
export type StartWorkload = {
  readonly service: string;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly port: number;
  readonly key: string;
  /** Called when the process exists and has not yet run a line of the service: what it throws ends the process. */
  readonly onSpawned: (identity: ProcessIdentity) => Promise<void>;
  readonly onOutput: (stream: "stdout" | "stderr", text: string) => void;
};

export type WorkloadProcess = {
  readonly identity: ProcessIdentity;
  /** Settles once, when the process has ended and all that it wrote was given to `onOutput`. */
  readonly exited: Promise<Exit>;
  /** Asks it to end; ends it when it has not after `graceMs`. Resolves when it is gone. */
  stop(why: NonNullable<Exit["endedBy"]>, graceMs: number): Promise<void>;
};

/** Where services run. `deno` is the driver of a single machine; containers and clusters are further ones. */
export type Runner = {
  /** Reads the manifest in `folder` and checks all that can be known before a start. Throws InvalidError. */
  inspect(folder: string, signal: AbortSignal): Promise<Manifest>;
  start(workload: StartWorkload): Promise<WorkloadProcess>;
  /** Whether a command line is that of a service under `folder` of this runner. */
  isCommandOf(command: string, folder: string): boolean;
};
