import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunAtRest, type RunView } from "@causeway/contract";
import { z } from "zod";
import { getRun, listRuns, planGoldenPath, startRun } from "../../packages/cli/src/client/api.ts";
import { createClient, type Client } from "../../packages/cli/src/client/client.ts";
import { askService } from "../../packages/cli/src/local/ask-service.ts";
import type { Home } from "../../packages/cli/src/local/home.ts";
import { isSameProcess } from "../../packages/cli/src/local/processes.ts";
import { watchRun } from "../../packages/cli/src/runs/watch-run.ts";
import {
  causeway,
  newHome,
  readReady,
  removePlatform,
  repositoryRoot,
  startPlatform,
} from "../platform.ts";
import { takeFingerprint, type Fingerprint } from "./fingerprint.ts";
import { findMainProcesses, homeOf, killEverything, listStrays } from "./kill-everything.ts";

const service = "docs-bot";
const parameters = {
  name: service,
  owner: "group:product",
  documents: join(repositoryRoot, "examples/acme/documents"),
};
const templateRef = "template:default/rag-service";
const question = "I lost my laptop on the train, how fast must I report it?";
const empty = ["--empty"];

/** A platform that knows the example organisation and has no service yet, stopped: each case begins with a copy. */
export async function prepareHome(): Promise<string> {
  const { home } = await startPlatform({ words: empty });
  for (const file of ["examples/acme/catalog", "golden-paths/rag-service/template.yaml"]) {
    const applied = await causeway(["apply", "-f", file], home);
    if (applied.code !== 0) throw new Error(`apply failed\n${applied.out}\n${applied.err}`);
  }
  await causeway(["down"], home);
  return home;
}

/** With owners: the database's files may belong to a user of its own. */
function copyHome(prepared: string): string {
  const copy = newHome();
  rmSync(copy, { recursive: true });
  execFileSync("cp", ["-a", prepared, copy]);
  return copy;
}

/** The names that the run reaches, in order, one line each time. */
export async function recordCrashPoints(
  prepared: string,
): Promise<{ readonly points: readonly string[]; readonly fingerprint: Fingerprint }> {
  const root = copyHome(prepared);
  const file = `${root}.points`;
  const settings = { CAUSEWAY_CRASH_AT: `record:${file}` };
  await startPlatform({ home: root, words: empty, settings });
  const home = homeOf(root);
  const client = connect(home);
  await startRun(client, await planGoldenPath(client, "rag-service", parameters));
  const run = await bringToRest(client);
  const names = readFileSync(file, "utf8").trim().split("\n");
  const fingerprint = await examine(home, client, run);
  await removePlatform(root);
  rmSync(file);
  return { points: numbered(names), fingerprint };
}

/** `name#n`: the n-th time that the name was reached. */
function numbered(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return names.map((name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return `${name}#${count}`;
  });
}

/** The run with everything killed at one point of it and started again. */
export async function runWithCrash(prepared: string, point: string): Promise<Fingerprint> {
  const root = copyHome(prepared);
  const home = homeOf(root);
  const settings = { CAUSEWAY_CRASH_AT: point };
  try {
    await startPlatform({ home: root, words: empty, settings });
    await Promise.all([submit(connect(home)), untilCrashed(home, point)]);
    await killEverything(home);
    const strays = listStrays(home);
    if (strays.length > 0) throw new Error(`kill -9 missed ${strays.join("\n")}`);
    await startPlatform({ home: root, words: empty });
    const client = connect(home);
    return await examine(home, client, await bringToRest(client));
  } finally {
    await removePlatform(root);
  }
}

function connect(home: Home): Client {
  const { portal: origin, token } = readReady(home.root);
  return createClient({ origin, token, source: "this test" });
}

/** A person's part, cut off wherever the platform dies. */
async function submit(client: Client): Promise<void> {
  await planGoldenPath(client, "rag-service", parameters)
    .then((run) => startRun(client, run))
    .catch(() => undefined);
}

/** Until one of the two processes is dead; the other one is killed with everything else. */
async function untilCrashed(home: Home, point: string): Promise<void> {
  const victims = findMainProcesses(home);
  if (victims.length !== 2) throw new Error("both processes run before the crash");
  const client = connect(home);
  for (let turn = 1; victims.every(isSameProcess); turn += 1) {
    await sleep(5);
    if (turn % 100 > 0) continue;
    const run = await findRun(client).catch(() => undefined);
    if (run?.state === "done") throw new Error(`the run ended without reaching ${point}`);
  }
}

async function findRun(client: Client): Promise<RunView | undefined> {
  const { items } = await listRuns(client, { templateRef });
  const [newest] = items;
  return newest && getRun(client, newest.id);
}

/** What a person would do, and no more: a submission that never arrived is sent again, a preview is started; a run that
 *  was started goes on by itself. */
async function bringToRest(client: Client): Promise<RunView> {
  const left = (await findRun(client)) ?? (await planGoldenPath(client, "rag-service", parameters));
  const run = left.state === "previewed" ? await startRun(client, left) : left;
  if (isRunAtRest(run.state)) return run;
  const signal = new AbortController().signal;
  return watchRun(client, run.id, { signal, onEvent: () => {} });
}

/** Takes the platform's measure while it runs, then stops and removes it. */
async function examine(home: Home, client: Client, run: RunView): Promise<Fingerprint> {
  if (run.state === "failed") throw new Error(`run failed: ${JSON.stringify(run.error)}`);
  await untilHealthy(client);
  const signal = new AbortController().signal;
  const { answer, found, sources } = await askService(client, { name: service, question, signal });
  await untilDelivered(home);
  const audit = await causeway(["audit", "verify"], home.root);
  const [budgets, fingerprint] = [
    await client.call("/api/budgets", spentBudgets),
    await takeFingerprint(home, { service, runId: run.id }),
  ];
  await causeway(["down"], home.root);
  return {
    ...fingerprint,
    budgets: budgets.items,
    audit: audit.code,
    answer: { answer, found, sources },
    strays: listStrays(home),
  };
}

const spentBudgets = z.object({
  items: z.array(z.object({ ref: z.string(), spentMicroUsd: z.int(), notionalMicroUsd: z.int() })),
});
const health = z.looseObject({ health: z.string() });

async function untilHealthy(client: Client): Promise<void> {
  while ((await client.call(`/api/services/${service}`, health)).health !== "healthy") {
    await sleep(50);
  }
}

/** Until the gateway has handed over all that it spent. */
async function untilDelivered(home: Home): Promise<void> {
  const { origin } = new URL(readReady(home.root).gateway);
  for (;;) {
    const metrics = await (await fetch(`${origin}/metrics`)).text();
    if (/^causeway_gateway_spool_bytes(?:\{.*\})? 0$/m.test(metrics)) return;
    await sleep(50);
  }
}
