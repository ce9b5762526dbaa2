// `npm run up` as a person does it: from nothing to a service that answers, then again, then what it needs at rest.
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { toRow, type Bench, type Row } from "./measure.ts";

const repository = join(import.meta.dirname, "..");
const target = "npm run up, embedded PostgreSQL, packages installed";
const rounds = 3;
/** Until nothing of the start is under way any more. */
const restMs = 10_000;

const event = z.looseObject({
  kind: z.string(),
  id: z.string().optional(),
  state: z.string().optional(),
  ms: z.number().optional(),
});
type Event = z.infer<typeof event>;

type Started = { readonly seconds: number; readonly events: readonly Event[] };

export const bench: Bench = async (say) => {
  const values = new Map<
    string,
    { what: Omit<Row, "median" | "p25" | "p75" | "rounds">; all: number[] }
  >();
  const note = (lane: string, metric: string, [value, unit]: readonly [number, string]): void => {
    const what = { lane, target, metric, unit };
    const row = values.get(`${lane} ${metric}`) ?? { what, all: [] };
    row.all.push(value);
    values.set(`${lane} ${metric}`, row);
  };
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}`);
    const home = await mkdtemp(join(tmpdir(), "causeway-bench-start-"));
    try {
      await measureRound(home, note);
    } finally {
      await npm(["down"], home);
      await rm(home, { recursive: true, force: true });
    }
  }
  return [...values.values()].map(({ what, all }) => toRow(what, all));
};

type Note = (lane: string, metric: string, value: readonly [number, string]) => void;

async function measureRound(home: string, note: Note): Promise<void> {
  // A build product: without it the start builds the portal, as it does in a fresh clone.
  await rm(join(repository, "packages/portal/dist"), { recursive: true, force: true });
  const first = await up(home);
  note("first start, portal built on the way", "until ready", [first.seconds, "s"]);
  const run = first.events.find(({ kind }) => kind === "runEnded");
  note("first start, portal built on the way", "golden path run", [secondsOf(run), "s"]);
  const ask = first.events.find(({ id, state }) => id === "ask" && state === "done");
  note("first start, portal built on the way", "first question answered", [secondsOf(ask), "s"]);
  await sleep(restMs);
  await noteMemory(home, note);
  const stopped = await timed(() => npm(["down"], home));
  note("stop", "npm run down", [stopped, "s"]);
  const second = await up(home);
  note("second start", "until ready", [second.seconds, "s"]);
}

function secondsOf(found: Event | undefined): number {
  if (found?.ms === undefined) throw new Error("the start did not tell how long that took");
  return found.ms / 1_000;
}

async function up(home: string): Promise<Started> {
  let text = "";
  const args = ["--detach", "--json", "--port", "0", "--gateway-port", "0"];
  const seconds = await timed(async () => {
    text = await npm(["up", "--", ...args], home);
  });
  const lines = text.split("\n").filter((line) => line.startsWith("{"));
  return { seconds, events: lines.map((line) => event.parse(JSON.parse(line))) };
}

function npm(args: readonly string[], home: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CAUSEWAY_HOME: home };
    const child = spawn("npm", ["run", ...args], { cwd: repository, env });
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString("utf8")));
    child.stderr.on("data", (bytes: Buffer) => (output += bytes.toString("utf8")));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`npm run ${args[0]} ended with ${code}: ${output.slice(-2_000)}`));
    });
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

/** Resident memory (RSS) counts what processes share once for each; the proportional share (PSS) counts it once, and so
 *  looks smaller than it is while a second platform runs on the machine: measure alone. */
async function noteMemory(home: string, note: Note): Promise<void> {
  const processes = await listProcesses(home);
  if (processes.length === 0) return; // not Linux: unmeasured, and so it has no row
  const names = new Set(processes.map(({ name }) => name));
  for (const name of ["all processes", ...names]) {
    const some = processes.filter((one) => name === "all processes" || one.name === name);
    const sum = (pick: (one: Measured) => number) =>
      some.reduce((total, one) => total + pick(one), 0);
    note("at rest", `${name}, PSS`, [sum(({ pssMiB }) => pssMiB), "MiB"]);
    note("at rest", `${name}, RSS`, [sum(({ rssMiB }) => rssMiB), "MiB"]);
    note("at rest", `${name}, processes`, [some.length, ""]);
  }
}

type Measured = { readonly name: string; readonly pssMiB: number; readonly rssMiB: number };

/** The platform's processes are those that were started with its home, and all below them. */
async function listProcesses(home: string): Promise<Measured[]> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const seen = await Promise.all(pids.map((pid) => look(pid, home)));
  const found = seen.filter((one) => one !== undefined);
  const own = new Set(found.filter(({ isOurs }) => isOurs).map(({ pid }) => pid));
  for (let before = -1; before !== own.size;) {
    before = own.size;
    for (const { pid, parent } of found) if (own.has(parent)) own.add(pid);
  }
  const measured = found.filter(({ pid }) => own.has(pid)).map(measure);
  return (await Promise.all(measured)).filter((one) => one !== undefined);
}

type Seen = {
  readonly pid: string;
  readonly parent: string;
  readonly command: string;
  readonly isOurs: boolean;
};

async function look(pid: string, home: string): Promise<Seen | undefined> {
  try {
    const [status, command, environment] = await Promise.all([
      readFile(`/proc/${pid}/status`, "utf8"),
      readFile(`/proc/${pid}/cmdline`, "utf8"),
      readFile(`/proc/${pid}/environ`, "utf8").catch(() => ""),
    ]);
    const parent = /^PPid:\s+(\d+)/m.exec(status)?.[1] ?? "0";
    const isOurs =
      Number(pid) !== process.pid &&
      (environment.split("\0").includes(`CAUSEWAY_HOME=${home}`) || command.includes(home));
    return { pid, parent, command: command.replaceAll("\0", " "), isOurs };
  } catch {
    return undefined; // it ended while we looked
  }
}

async function measure({ pid, command }: Seen): Promise<Measured | undefined> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => undefined);
  if (rollup === undefined) return undefined;
  const mib = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1]) / 1_024;
  return { name: nameOf(command), pssMiB: mib("Pss"), rssMiB: mib("Rss") };
}

function nameOf(command: string): string {
  if (command.includes("main.ts control")) return "control plane";
  if (command.includes("main.ts gateway")) return "gateway";
  if (command.includes("postgres")) return "PostgreSQL";
  if (command.includes("deno")) return "service";
  return "supervisor";
}
