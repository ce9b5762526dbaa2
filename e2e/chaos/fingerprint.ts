import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson, type Json } from "@causeway/contract";
import { Client } from "pg";
import type { Home } from "../../packages/cli/src/local/home.ts";
import { readPostmaster } from "../../packages/cli/src/local/run-files.ts";

/** Everything that a golden path's run leaves behind, without what may differ from run to run: ids, times, ports, and
 *  the commit's hash, which holds a time. */
export type Fingerprint = Readonly<Record<string, unknown>>;

/** Of the one run that the home has had since it was prepared. */
export async function takeFingerprint(
  home: Home,
  { service, runId }: { readonly service: string; readonly runId: string },
): Promise<Fingerprint> {
  const database = await connect(home);
  const rows = async (text: string, values: readonly string[] = []) =>
    (await database.query<Record<string, unknown>>(text, [...values])).rows;
  try {
    return {
      ...readRepositories(home),
      files: listFiles(home, service),
      run: await rows("select state, steps_total, steps_done, error from run where id = $1", [
        runId,
      ]),
      steps: await rows(
        "select id, state, error from run_step where run_id = $1 order by position",
        [runId],
      ),
      // An attempt may begin twice; every step ends once, and the run begins and ends once.
      ends: await rows(
        `select type, data->>'step' as step, count(*)::int from event
          where subject = $1 and type <> 'dev.causeway.step.started' group by 1, 2 order by 1, 2`,
        [runId],
      ),
      otherRuns: await rows("select title, state from run where id <> $1 order by title, state", [
        runId,
      ]),
      entities: (await rows("select ref, version, entity from catalog_entity order by ref")).map(
        (row) => ({ ...row, entity: withoutIdentity(row["entity"]) }),
      ),
      history: await rows("select ref, version, change from catalog_history order by ref, version"),
      keys: await rows(
        `select name, principal, owner, flow, budget_ref, routes, prompts, vector_stores,
                revoked_at is not null as revoked,
                (select count(*)::int from gateway_key_secret s where s.key_id = k.id and s.revoked_at is null) as secrets
           from gateway_key k order by principal, name`,
      ),
      stores: await rows(
        "select ref, owner, embedding_route, dimensions, chunks from vector_store order by ref",
      ),
      documents: await rows(
        "select store_ref, path, title, content_hash, bytes, replaced_by is null as current from vector_file order by 1, 2",
      ),
      vectors: await rows(
        `select count(*)::int, encode(sha256(string_agg(line, e'\\n' order by line)::bytea), 'hex') as hash
           from (select f.path || ' ' || c.position || ' ' || encode(sha256(convert_to(c.text, 'UTF8')), 'hex')
                        || ' ' || encode(c.embedding, 'hex') as line
                   from vector_chunk c join vector_file f on f.id = c.file_id) lines`,
      ),
      prompts: await rows(
        `select v.ref, v.version, v.hash, l.label from prompt_version v
           left join prompt_label l using (ref, version) order by 1, 2, 4`,
      ),
      deployments: await rows(
        "select name, component, owner, repository, is_public, previous from deployment order by name",
      ),
      deployedTree: readDeployedTree(
        home,
        await rows("select repository, commit_hash from deployment order by name"),
      ),
      ...readLedger(
        await rows(
          `select request_id, principal, owner, flow, route, model, operation, outcome, error_code, estimated, budget_id,
                  notional, input_tokens::int, output_tokens::int, cost_micro_usd::int from gateway_ledger`,
        ),
      ),
    };
  } finally {
    await database.end();
  }
}

async function connect(home: Home): Promise<Client> {
  const postmaster = readPostmaster(home);
  if (!postmaster) throw new Error(`no database runs on ${home.root}`);
  const { socketDirectory: host } = postmaster;
  const database = new Client({ host, user: "causeway", database: "causeway" });
  await database.connect();
  await database.query("set default_transaction_read_only = on");
  return database;
}

function git(home: Home, repository: string, ...words: readonly string[]): string {
  const directory = join(home.root, "repos", `${repository}.git`);
  return execFileSync("git", ["-C", directory, ...words], { encoding: "utf8" }).trim();
}

function readRepositories(home: Home) {
  const names = readdirSync(join(home.root, "repos")).toSorted();
  return {
    repositories: names,
    commits: names.map((name) => {
      const repository = name.replace(/\.git$/, "");
      return {
        branches: git(home, repository, "for-each-ref", "--format=%(refname)"),
        count: git(home, repository, "rev-list", "--all", "--count"),
        tree: git(home, repository, "rev-parse", "HEAD^{tree}"),
        faults: git(home, repository, "fsck", "--full", "--no-progress"),
      };
    }),
  };
}

function readDeployedTree(home: Home, rows: readonly Record<string, unknown>[]): string[] {
  return rows.map((row) =>
    git(home, String(row["repository"]), "rev-parse", `${String(row["commit_hash"])}^{tree}`),
  );
}

/** Names only: nothing temporary and nothing doubled. Copies of a service are named by their commit. */
function listFiles(home: Home, service: string) {
  const list = (...path: string[]) => readdirSync(join(home.root, ...path)).toSorted();
  return {
    home: list().filter((name) => name !== "example.json"),
    workspaces: list("workspaces"),
    services: list("services"),
    copies: list("services", service).length,
    secrets: list("secrets"),
    gateway: list("gateway"),
    answers: list("gateway", "answers").length,
    running: list("run", "services").map((name) => name.replace(/\d+/, "<pid>")),
  };
}

/** Without what the catalog or the clock gave. */
function withoutIdentity(value: unknown): unknown {
  const entity = value as { metadata: Record<string, unknown> }; // the column holds entities
  const { uid: _uid, etag: _etag, ...metadata } = entity.metadata;
  return { ...entity, metadata };
}

/** A request counts once however many attempts it took; tokens and money count over all of them. */
function readLedger(rows: readonly Record<string, unknown>[]) {
  const requests = new Map<string, Record<string, unknown>>();
  for (const { request_id: id, ...row } of rows) {
    const key = String(id);
    const before = requests.get(key);
    requests.set(key, before ? addAttempts(before, row) : row);
  }
  const lines = [...requests.values()].map((row) => canonicalJson(row as Json)).toSorted();
  const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
  return {
    requests: lines,
    ledger: {
      inputTokens: sum("input_tokens"),
      outputTokens: sum("output_tokens"),
      costMicroUsd: sum("cost_micro_usd"),
      hash: createHash("sha256").update(lines.join("\n")).digest("hex"),
    },
  };
}

const counted = ["input_tokens", "output_tokens", "cost_micro_usd"];

/** The attempt that succeeded speaks for the request. */
function addAttempts(one: Record<string, unknown>, other: Record<string, unknown>) {
  const spoken = other["outcome"] === "succeeded" ? other : one;
  const sums = counted.map((name) => [name, Number(one[name]) + Number(other[name])]);
  return { ...spoken, ...Object.fromEntries(sums) };
}
