import { access, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useDatabase } from "#test/database";
import {
  commitFiles,
  deployInput,
  executeContext,
  startDelivery,
  type TestDelivery,
} from "#test/delivery";
import { healthyService, manifestText, temporaryFolder } from "#test/services";
import { findProcess } from "#platform/processes";

const { db, pool } = useDatabase();
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let delivery: TestDelivery;

beforeAll(async () => {
  folder = await temporaryFolder();
  delivery = await startDelivery({ db, root: join(folder.path, "home") });
});
afterAll(async () => {
  await delivery.stop();
  await folder.remove();
});

async function ask(
  name: string,
  path = "/",
): Promise<{ status: number; text: string; key: string }> {
  const answer = await request(`${delivery.origin}/services/${name}${path}`, {
    headers: { authorization: "Bearer developer" },
  });
  const body = (await answer.body.json()) as { text: string; key: string };
  return { status: answer.statusCode, ...body };
}

async function view(name: string) {
  const answer = await delivery.app.inject(`/api/services/${name}`);
  return answer.json<{
    health: string;
    healthDetail: string | null;
    restarts: number;
    commit: string;
  }>();
}

async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(20);
  }
}

async function runningPids(name: string): Promise<number[]> {
  const files = await readdir(delivery.home.run.services);
  return files
    .filter((file) => file.startsWith(`${name}.`))
    .map((file) => Number(file.split(".")[1]));
}

test("a deployed service answers through the ingress and can be taken back to nothing", async () => {
  const commit = await commitFiles(delivery.home, "first", healthyService("one"));
  const { deploy } = delivery;
  const preview = await deploy.preview(deployInput("first", commit), executeContext());
  expect(preview.summary).toContain("may reach the gateway; 256 MiB of memory");
  expect(preview.resources).toContainEqual({ ref: "service:first", version: null });

  const context = executeContext({ key: "run_1:deploy:forward" });
  const done = await deploy.execute(deployInput("first", commit), context);
  expect(done.output).toEqual({ url: `${delivery.origin}/services/first/`, healthy: true });
  expect(await ask("first")).toMatchObject({ status: 200, text: "one" });
  expect(await view("first")).toMatchObject({ health: "healthy", commit });

  const again = await deploy.execute(deployInput("first", commit), context);
  expect(again).toEqual(done);
  expect(await runningPids("first")).toHaveLength(1);

  const [pid] = await runningPids("first");
  for (let round = 0; round < 2; round++) await deploy.undo?.(done.undo, context);
  expect(await findProcess(pid ?? 0)).toBeUndefined();
  expect((await delivery.app.inject("/api/services/first")).statusCode).toBe(404);
  await expect(access(join(delivery.home.services, "first", commit))).rejects.toThrow();
  expect(await runningPids("first")).toEqual([]);
});

test("the copy is read-only and holds the commit, not the branch", async () => {
  const commit = await commitFiles(delivery.home, "pinned", healthyService("old"));
  await commitFiles(delivery.home, "pinned", healthyService("new"));
  await delivery.deploy.execute(deployInput("pinned", commit), executeContext({ key: "pinned" }));
  expect((await ask("pinned")).text).toBe("old");
  const copy = join(delivery.home.services, "pinned", commit);
  const modes = await readdir(copy);
  expect(modes.toSorted()).toEqual(["causeway.service.yaml", "main.js"]);
  if (process.getuid?.() !== 0) {
    await expect(writeFile(join(copy, "main.js"), "")).rejects.toThrow(/EACCES/);
  }
});

test("a second deployment replaces the first without a gap, and undoing it brings the first back", async () => {
  const one = await commitFiles(delivery.home, "twice", healthyService("one"));
  const two = await commitFiles(delivery.home, "twice", healthyService("two"));
  const { deploy } = delivery;
  await deploy.execute(deployInput("twice", one), executeContext({ key: "twice-1" }));
  const enough = new AbortController();
  const statuses: number[] = [];
  const asking = (async () => {
    while (!enough.signal.aborted) statuses.push((await ask("twice")).status);
  })();
  const context = executeContext({ key: "twice-2" });
  const second = await deploy.execute(deployInput("twice", two), context);
  enough.abort();
  await asking;
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect((await ask("twice")).text).toBe("two");
  for (let round = 0; round < 2; round++) await deploy.undo?.(second.undo, context);
  expect((await ask("twice")).text).toBe("one");
  expect(await view("twice")).toMatchObject({ commit: one });
  expect(await runningPids("twice")).toHaveLength(1);
});

test("a service that never gets healthy changes nothing and says its last lines", async () => {
  const good = await commitFiles(delivery.home, "broken", healthyService("good"));
  const bad = await commitFiles(delivery.home, "broken", {
    "causeway.service.yaml": manifestText,
    "main.js": 'console.error("the cupboard is bare"); Deno.exit(3);',
  });
  const { deploy } = delivery;
  await deploy.execute(deployInput("broken", good), executeContext({ key: "broken-1" }));
  await expect(
    deploy.execute(deployInput("broken", bad), executeContext({ key: "broken-2" })),
  ).rejects.toMatchObject({
    code: "service_not_healthy",
    message: expect.stringMatching(/exit code 3[^]*the cupboard is bare/),
  });
  const healthy = await until(async () => {
    const now = await view("broken");
    return now.health === "healthy" ? now : undefined;
  });
  expect(healthy.commit).toBe(good);
  expect((await ask("broken")).text).toBe("good");
  expect(await runningPids("broken")).toHaveLength(1);
});

test("what cannot start is refused with the place of the fault, and nothing runs", async () => {
  const commit = await commitFiles(delivery.home, "wrong", {
    ...healthyService("x"),
    "causeway.service.yaml": "runner: deno\nentry: main.js\nnet: all\n",
  });
  const refusal = {
    code: "invalid_service_manifest",
    issues: [{ path: "causeway.service.yaml:3:1", message: expect.stringContaining("net") }],
  };
  const { deploy } = delivery;
  const input = deployInput("wrong", commit);
  await expect(deploy.preview(input, executeContext())).rejects.toMatchObject(refusal);
  await expect(deploy.execute(input, executeContext())).rejects.toMatchObject(refusal);
  expect((await delivery.app.inject("/api/services/wrong")).statusCode).toBe(404);
});

test("an unknown commit or repository and a name of another component are refused", async () => {
  const commit = await commitFiles(delivery.home, "taken", healthyService("x"));
  const { deploy } = delivery;
  const unknown = deployInput("taken", "0".repeat(40));
  await expect(deploy.preview(unknown, executeContext())).rejects.toMatchObject({
    code: "commit_not_found",
  });
  const nowhere = deployInput("taken", commit, { repository: "nowhere" });
  await expect(deploy.execute(nowhere, executeContext())).rejects.toMatchObject({
    code: "repository_not_found",
  });
  await deploy.execute(deployInput("taken", commit), executeContext({ key: "taken-1" }));
  const other = deployInput("taken", commit, { component: "component:default/other" });
  await expect(deploy.execute(other, executeContext({ key: "taken-2" }))).rejects.toMatchObject({
    code: "name_taken",
  });
});

test("a killed service comes back with a fresh key, and no key is ever written", async () => {
  const commit = await commitFiles(delivery.home, "killed", healthyService("alive"));
  await delivery.deploy.execute(deployInput("killed", commit), executeContext({ key: "killed" }));
  const before = await ask("killed");
  const [pid = 0] = await runningPids("killed");
  process.kill(pid, "SIGKILL");
  const after = await until(async () => {
    const now = await view("killed");
    return now.restarts === 1 && now.health === "healthy" ? ask("killed") : undefined;
  });
  expect(after.text).toBe("alive");
  expect(after.key).not.toBe(before.key);
  const log = await delivery.supervisor.logOf("killed");
  await log.flush();
  const written = await readFile(join(delivery.home.logs, "services", "killed.log"), "utf8");
  expect(written).toContain("started [removed]");
  expect(written).toContain("ended by SIGKILL");
  expect(delivery.secrets.filter((secret) => written.includes(secret))).toEqual([]);
});

test("a service that keeps ending is given up with its reason, and a restart tries again", async () => {
  const commit = await commitFiles(delivery.home, "loop", {
    "causeway.service.yaml": manifestText,
    "main.js": `Deno.serve({ port: Number(Deno.env.get("PORT")), hostname: "127.0.0.1", onListen() {} }, () => new Response("ok"));
setTimeout(() => { throw new Error("out of luck"); }, 400);`,
  });
  await delivery.deploy.execute(deployInput("loop", commit), executeContext({ key: "loop" }));
  const failed = await until(async () => {
    const now = await view("loop");
    return now.health === "failed" ? now : undefined;
  });
  expect(failed.healthDetail).toContain("exit code 1");
  const down = await request(`${delivery.origin}/services/loop/`, {
    headers: { authorization: "Bearer developer" },
  });
  expect(down.statusCode).toBe(503);
  expect(down.headers["retry-after"]).toBe("2");
  expect(await down.body.json()).toMatchObject({
    code: "service_down",
    fix: expect.stringContaining("/restart"),
  });

  const answer = await delivery.app.inject({ method: "POST", url: "/api/services/loop/restart" });
  expect(answer.statusCode).toBe(202);
  await until(async () => ((await view("loop")).health === "healthy" ? true : undefined));
});

test("a service that takes too much memory is ended and the reason told", async () => {
  const commit = await commitFiles(delivery.home, "greedy", {
    "causeway.service.yaml": `${manifestText}limits: { memoryMiB: 64 }\n`,
    "main.js": `const kept = [];
Deno.serve({ port: Number(Deno.env.get("PORT")), hostname: "127.0.0.1", onListen() {} }, (request) => {
  if (!request.url.endsWith("/eat")) return Response.json({ text: "fine" });
  setInterval(() => { const b = new Uint8Array(4194304); b.fill(1); kept.push(b); }, 1);
  return Response.json({ text: "eating" });
});`,
  });
  await delivery.deploy.execute(deployInput("greedy", commit), executeContext({ key: "greedy" }));
  await ask("greedy", "/eat");
  const log = await delivery.supervisor.logOf("greedy");
  const reason = await until(async () =>
    log.list({ after: 0, limit: 100 }).find((line) => line.text.includes("64 MiB of memory")),
  );
  expect(reason.stream).toBe("platform");
});

test("a restart on request is audited and gives a fresh key", async () => {
  const commit = await commitFiles(delivery.home, "again", healthyService("again"));
  await delivery.deploy.execute(deployInput("again", commit), executeContext({ key: "again" }));
  const before = await ask("again");
  const answer = await delivery.app.inject({ method: "POST", url: "/api/services/again/restart" });
  expect(answer.statusCode).toBe(202);
  const after = await until(async () => {
    const now = await ask("again").catch(() => undefined);
    return now?.status === 200 && now.key !== before.key ? now : undefined;
  });
  expect(after.text).toBe("again");
  const { rows } = await pool.query<{ entry: string }>("select entry from audit_entry");
  const said = rows
    .map((row) => row.entry)
    .filter((entry) => entry.includes("component:default/again"));
  expect(said).toHaveLength(1);
  expect(said[0]).toContain("service.restarted");
  expect(said[0]).toContain("user:default/developer");
});

test("logs are read in pieces and followed as they come", async () => {
  const commit = await commitFiles(delivery.home, "talker", healthyService("hello"));
  await delivery.deploy.execute(deployInput("talker", commit), executeContext({ key: "talker" }));
  const all = await delivery.app.inject("/api/services/talker/logs");
  const { lines } = all.json<{ lines: { seq: number; text: string }[] }>();
  expect(lines.map((line) => line.text)).toContain("started [removed]");
  const last = lines.at(-1)?.seq ?? 0;
  const rest = await delivery.app.inject(`/api/services/talker/logs?after=${last}`);
  expect(rest.json()).toEqual({ lines: [] });

  const stream = await request(`${delivery.origin}/api/services/talker/logs?after=${last}`, {
    headers: { accept: "text/event-stream" },
  });
  (await delivery.supervisor.logOf("talker")).write("platform", "a new line");
  let text = "";
  for await (const piece of stream.body) {
    text += String(piece);
    if (text.includes("a new line")) break;
  }
  expect(text).toContain(`event: line\nid: ${last + 1}\n`);
  expect((await delivery.app.inject("/api/services/nobody/logs")).statusCode).toBe(404);
});
