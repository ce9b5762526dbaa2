import {
  isRunAtRest,
  type RunStreamEvent,
  type RunView,
  type ServiceAnswer,
  type ServiceView,
} from "@causeway/contract";
import { resolve } from "node:path";
import {
  createRun,
  getGoldenPath,
  getRun,
  issueKeySecret,
  listKeys,
  listRuns,
  listServices,
  planGoldenPath,
  retryRun,
  startRun,
} from "../client/api.ts";
import type { Client } from "../client/client.ts";
import { nextMoves } from "../runs/next-move.ts";
import { keyIdOf, keyPlan } from "../runs/key-plan.ts";
import { fieldsOfForm } from "../forms/form-fields.ts";
import type { Parameters } from "../forms/parse-settings.ts";
import { waitForRun, watchRun } from "../runs/watch-run.ts";
import { assertDone } from "./apply-example.ts";
import { askService } from "./ask-service.ts";
import type { FirstJob } from "./example.ts";
import { emitStep, type Emit, type FormValue } from "./up-event.ts";

export type FirstJobContext = {
  readonly client: Client;
  readonly job: FirstJob;
  readonly repositoryRoot: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
};

export type FirstJobResult = {
  readonly service: ServiceView;
  readonly run: string | null;
  readonly answer: ServiceAnswer;
  readonly key: string;
};

/** The main job: golden path → preview → durable run → a running service → a question with a real answer. A second time
 *  it finds the service and only asks. */
export async function doFirstJob(context: FirstJobContext): Promise<FirstJobResult> {
  const { client, job, emit, signal } = context;
  const run = await findOrMakeService(context);
  const key = await issueKey(context);
  const answer = await emitStep(emit, { id: "ask", title: "Ask the service a question" }, () =>
    askService(client, { name: job.parameters.name, question: job.question, signal }),
  );
  emit({ kind: "answer", question: job.question, answer });
  const service = await findService(context);
  if (!service) throw new Error(`the service ${job.parameters.name} answered and is not listed`);
  return { service, run, answer, key };
}

async function findService({ client, job }: FirstJobContext): Promise<ServiceView | undefined> {
  return (await listServices(client)).find((service) => service.name === job.parameters.name);
}

/** The id of the run that made the service: of an earlier start, of an unfinished one, or a new one. Null: somebody
 *  made the service in another way. */
async function findOrMakeService(context: FirstJobContext): Promise<string | null> {
  const earlier = await findEarlierRun(context);
  const service = await findService(context);
  if (service && (!earlier || earlier.state === "done")) return earlier?.id ?? service.runId;
  const run = await (earlier ? goOn(context, earlier) : planJob(context));
  if (run.state === "done") return run.id;
  return watchJob(context, run);
}

/** The newest run of this golden path for this name that made the service or still can. */
async function findEarlierRun({ client, job }: FirstJobContext): Promise<RunView | undefined> {
  const templateRef = `template:default/${job.goldenPath}`;
  const { items } = await listRuns(client, { templateRef, limit: 50 });
  for (const { id, state } of items) {
    if (state === "cancelled" || state === "rolled_back") continue;
    const run = await getRun(client, id);
    if (run.plan.parameters["name"] === job.parameters.name) return run;
  }
  return undefined;
}

async function goOn({ client, emit }: FirstJobContext, run: RunView): Promise<RunView> {
  if (run.preview) emit({ kind: "preview", run: run.id, preview: run.preview });
  const move = nextMoves[run.state];
  if (move === "start") return startRun(client, run);
  return move === "retry" ? retryRun(client, run.id) : run;
}

async function planJob(context: FirstJobContext): Promise<RunView> {
  const { client, job, emit, repositoryRoot } = context;
  const form = await getGoldenPath(client, job.goldenPath);
  const fields = fieldsOfForm(form);
  // The example names its folders from the repository's root.
  const isFolder = new Set(fields.filter((field) => field.isFolder).map((field) => field.name));
  const values: Parameters = Object.fromEntries(
    Object.entries(job.parameters).map(([name, value]) => [
      name,
      isFolder.has(name) && typeof value === "string" ? resolve(repositoryRoot, value) : value,
    ]),
  );
  const shown = fields.map((field): FormValue => {
    const value = values[field.name] ?? field.default ?? "";
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return { title: field.title, value: text, isDefault: values[field.name] === undefined };
  });
  emit({ kind: "form", goldenPath: form.name, title: form.title, values: shown });
  const step = { id: "plan", title: "Preview the plan" };
  const previewed = await emitStep(emit, step, () => planGoldenPath(client, form.name, values));
  if (previewed.preview) emit({ kind: "preview", run: previewed.id, preview: previewed.preview });
  return startRun(client, previewed);
}

async function watchJob({ client, emit, signal }: FirstJobContext, run: RunView): Promise<string> {
  const began = performance.now();
  const onEvent = (event: RunStreamEvent) => emit({ kind: "run", run: run.id, event });
  const ended = isRunAtRest(run.state) ? run : await watchRun(client, run.id, { signal, onEvent });
  const ms = Math.round(performance.now() - began);
  emit({ kind: "runEnded", run: run.id, state: ended.state, ms });
  assertDone(ended, `Run ${run.id}`);
  return run.id;
}

/** A key for trying the gateway; its secret is new at each start, earlier ones end. */
async function issueKey({ client, job, emit, signal }: FirstJobContext): Promise<string> {
  const step = { id: "key", title: "Issue a virtual key" };
  return emitStep(emit, step, async () => {
    const known = (await listKeys(client)).find(
      (key) => key.name === job.key.name && key.revokedAt === null,
    );
    const keyId = known?.id ?? (await makeKey());
    return (await issueKeySecret(client, keyId, { replaceEarlier: true })).secret;
  });

  async function makeKey(): Promise<string> {
    const plan = keyPlan(job.key);
    const run = await waitForRun(client, await createRun(client, plan, { start: true }), signal);
    assertDone(run, plan.title);
    return keyIdOf(run);
  }
}
