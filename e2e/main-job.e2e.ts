import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import {
  runList,
  runView,
  vectorSearchResult,
  type ReadyFile,
  type ServiceAnswer,
} from "@causeway/contract";
import {
  ask,
  causeway,
  isAlive,
  killHard,
  readReady,
  readUp,
  repositoryRoot,
  startPlatform,
  type TestPlatform,
} from "./platform.ts";

const documents = join(repositoryRoot, "examples/acme/documents");

const questions = z
  .array(
    z.object({
      question: z.string(),
      found: z.boolean(),
      sources: z.array(z.string()).default([]),
      mustContain: z.string().optional(),
    }),
  )
  .parse(parse(readFileSync(join(repositoryRoot, "examples/acme/questions.yaml"), "utf8")));

let platform: TestPlatform;
let ready: ReadyFile;
beforeAll(async () => {
  platform = await startPlatform();
  ready = readReady(platform.home);
});
afterAll(async () => platform.stop());

/** The quotes of an answer that do not stand word for word in the file that they name. */
function falseQuotes(answer: ServiceAnswer, folder: string): string[] {
  return answer.sources
    .filter((source) => !readFileSync(join(folder, source.path), "utf8").includes(source.quote))
    .map((source) => `${source.path}: ${source.quote}`);
}

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(0)} %`;

test("the first start made a service that answered with quoted sources", async () => {
  expect(ready.answer?.found).toBe(true);
  expect(ready.answer?.sources.length).toBeGreaterThan(0);
  expect(ready.answer?.usage.inputTokens).toBeGreaterThan(0);
  expect(ready.answer?.usage.notional).toBe(true);
  expect(ready.answer?.traceId).toMatch(/^[0-9a-f]{32}$/);
  const shown = await causeway(["runs", ready.run ?? "", "--json"], platform.home);
  const run = runView.parse(JSON.parse(shown.out));
  expect(run.state).toBe("done");
  expect(run.steps.every((step) => step.state === "done")).toBe(true);
});

test("the key of ready.json speaks to the model gateway", async () => {
  const response = await fetch(`${ready.gateway}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${ready.key}` },
    body: JSON.stringify({ model: "chat", messages: [{ role: "user", content: "Hello" }] }),
  });
  expect(response.status).toBe(200);
});

test("every question of the example is asked; quotes are true, most verdicts are right", async () => {
  const lies: string[] = [];
  const wrong: string[] = [];
  for (const { question, found } of questions) {
    const answer = await ask(ready, "docs-bot", question);
    lies.push(...falseQuotes(answer, documents));
    if (answer.found !== found) wrong.push(`${found ? "missed" : "invented"}: ${question}`);
  }
  const right = questions.length - wrong.length;
  process.stdout.write(
    [
      `found is right for ${right} of ${questions.length} (${percent(right, questions.length)})`,
      ...wrong,
      "",
    ].join("\n"),
  );
  expect(lies).toEqual([]);
  // The offline stand-in weighs words and understands nothing: a floor that catches a break, no praise.
  expect(right / questions.length).toBeGreaterThanOrEqual(0.7);
});

test("the retrieval brings a true source among the first four", async () => {
  const answerable = questions.filter((entry) => entry.found);
  const missed: string[] = [];
  for (const { question, sources } of answerable) {
    const response = await fetch(`${ready.gateway}/vector_stores/docs-bot-documents/search`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${ready.key}` },
      body: JSON.stringify({ query: question, max_num_results: 4 }),
    });
    expect(response.status).toBe(200);
    const { data } = vectorSearchResult.parse(await response.json());
    const paths = data.map((result) => result.attributes.path);
    if (!sources.some((source) => paths.includes(source))) missed.push(question);
  }
  const right = answerable.length - missed.length;
  process.stdout.write(
    [
      `recall@4 ${right} of ${answerable.length} (${percent(right, answerable.length)})`,
      ...missed,
      "",
    ].join("\n"),
  );
  expect(right / answerable.length).toBeGreaterThanOrEqual(0.9);
});

test("a second service answers from another folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cw-docs-"));
  const text = "# Garden\n\nThe tomatoes in the green house are watered every Tuesday at noon.\n";
  writeFileSync(join(folder, "garden.md"), text);
  const settings = [`name=handbook`, `documents=${folder}`, "owner=group:platform"];
  const words = ["create", "rag-service", ...settings.flatMap((setting) => ["--set", setting])];
  const created = await causeway(words, platform.home);
  expect(created.err + created.out).toContain("done");
  expect(created.code).toBe(0);
  const answer = await ask(ready, "handbook", "When are the tomatoes watered?");
  expect(answer.found).toBe(true);
  expect(answer.answer).toContain("Tuesday");
  expect(falseQuotes(answer, folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

test("the command line shows what the platform holds", async () => {
  const usage = await causeway(["usage", "--json"], platform.home);
  expect(usage.out).toContain("component:default/docs-bot");
  const services = await causeway(["services"], platform.home);
  expect(services.out).toContain("docs-bot");
  const log = await causeway(["logs", ready.run ?? ""], platform.home);
  expect(log.code).toBe(0);
  expect(log.out).not.toBe("");
  const audit = await causeway(["audit", "verify"], platform.home);
  expect(audit.code).toBe(0);
  const taken = [
    "create",
    "rag-service",
    "--set",
    "name=docs-bot",
    "--set",
    "owner=group:platform",
  ];
  const refused = await causeway(taken, platform.home);
  expect(refused.code).not.toBe(0);
});

test("a second start makes no new service but asks anew", async () => {
  const { home } = platform;
  const jobs = async () => {
    const list = await causeway(["runs", "--limit", "200", "--json"], home);
    const { items } = runList.parse(JSON.parse(list.out));
    return items.filter((run) => run.templateRef !== null).map((run) => run.id);
  };
  const before = await jobs();
  await causeway(["down"], home);
  await startPlatform({ home });
  expect(await jobs()).toEqual(before);
  const again = readReady(home);
  expect(again.answer?.found).toBe(true);
  expect(again.answer?.traceId).not.toBe(ready.answer?.traceId);
  expect(again.run).toBe(ready.run);
});

test("down takes the services of a platform along whose processes were killed", async () => {
  const { home } = platform;
  const folder = join(home, "run/services");
  const pids = readdirSync(folder).map((name) =>
    z.looseObject({ pid: z.int() }).parse(JSON.parse(readFileSync(join(folder, name), "utf8"))),
  );
  expect(pids).toHaveLength(2);
  const { supervisor, children } = readUp(home);
  for (const victim of [supervisor, ...children]) killHard(victim);
  expect(pids.every(({ pid }) => isAlive(pid))).toBe(true);
  const down = await causeway(["down"], home);
  expect(down.out).toContain("Stopping service docs-bot");
  expect(pids.filter(({ pid }) => isAlive(pid))).toEqual([]);
});
