import {
  canonicalJson,
  ConflictError,
  NotFoundError,
  parseEntityRef,
  type PromptContent,
  type PromptDetail,
  type PromptSummary,
  type SnapshotPrompt,
} from "@causeway/contract";
import { appendAudit } from "#modules/audit";
import type { Clock } from "#platform/clock";
import type { Db, Tx } from "#platform/db/database";
import { sha256 } from "#platform/ids";
import type { Notifier } from "#platform/notify";
import { defaultLabel } from "./content.ts";
import {
  countVersions,
  findLabelled,
  findPublication,
  findVersionByHash,
  insertPublication,
  insertVersion,
  lastVersion,
  listLabelled,
  listLabels,
  listVersions,
  lockPrompt,
  moveLabel,
} from "./store.ts";

export type PromptStore = {
  readonly db: Db;
  readonly notifier: Notifier;
  readonly clock: Clock;
};

export const promptChannel = "prompts_changed";

export type Publish = {
  readonly ref: string;
  readonly label: string;
  readonly content: PromptContent;
  readonly actor: string;
  readonly runId: string;
  /** Idempotency key. */
  readonly effect: string;
};

/** Where a label pointed and points. `null` = nowhere. */
export type LabelMove = {
  readonly ref: string;
  readonly label: string;
  readonly before: number | null;
  readonly after: number;
};

export function hashOf(content: PromptContent): string {
  return sha256(canonicalJson(content));
}

export type PublishPlan = {
  readonly version: number;
  readonly isNew: boolean;
  readonly published: { readonly version: number; readonly content: PromptContent } | undefined;
  readonly publishedHash: string | null;
};

/** What publishing would do, against what is stored now. */
export async function planPublish(
  db: Db | Tx,
  publish: Pick<Publish, "ref" | "label" | "content">,
): Promise<PublishPlan> {
  const published = await findLabelled(db, publish.ref, publish.label);
  const known = await findVersionByHash(db, publish.ref, hashOf(publish.content));
  const version = known ?? (await lastVersion(db, publish.ref)) + 1;
  return {
    version,
    isNew: known === undefined,
    published,
    publishedHash: published?.hash ?? null,
  };
}

/** PR1: content makes the version, a label makes it public; under one effect once. */
export async function publishPrompt(
  { db, notifier, clock }: PromptStore,
  publish: Publish,
): Promise<LabelMove> {
  return db.transaction().execute(async (tx) => {
    const { ref, label, effect, content } = publish;
    await lockPrompt(tx, ref);
    const done = await findPublication(tx, effect);
    if (done) return { ref, label, before: done.before, after: done.after };
    const plan = await planPublish(tx, publish);
    const hash = hashOf(content);
    if (plan.isNew) {
      await insertVersion(tx, {
        ref,
        version: plan.version,
        hash,
        content,
        createdAt: clock.now(),
        createdBy: publish.actor,
        runId: publish.runId,
      });
    }
    await moveLabel(tx, { ref, label }, plan.version);
    const move = { ref, label, before: plan.published?.version ?? null, after: plan.version };
    await insertPublication(tx, { effect, ...move });
    await note(tx, { ...publish, verb: "prompt.published", detail: { ...move, hash } });
    await notifier.publish(tx, promptChannel);
    return move;
  });
}

/** PR3: undo points the label where it pointed before; the version stays, for what was answered with it. Refuses when
 *  somebody has published since. */
export async function restoreLabel(
  { db, notifier }: PromptStore,
  move: LabelMove,
  origin: Pick<Publish, "actor" | "runId">,
): Promise<void> {
  if (move.before === move.after) return;
  await db.transaction().execute(async (tx) => {
    await lockPrompt(tx, move.ref);
    const now = await findLabelled(tx, move.ref, move.label);
    if ((now?.version ?? null) === move.before) return;
    assertNotMoved(move, now?.version);
    await moveLabel(tx, move, move.before);
    await note(tx, { ...origin, ref: move.ref, verb: "prompt.restored", detail: { ...move } });
    await notifier.publish(tx, promptChannel);
  });
}

/** The same question before anything is taken back. */
export async function assertCanRestore(db: Db, move: LabelMove): Promise<void> {
  const now = await findLabelled(db, move.ref, move.label);
  if ((now?.version ?? null) !== move.before) assertNotMoved(move, now?.version);
}

function assertNotMoved(move: LabelMove, now: number | undefined): void {
  if (now === move.after) return;
  throw new ConflictError({
    code: "prompt_published_since",
    message: `${move.ref} was published after this run: ${move.label} is version ${now ?? "none"}, not ${move.after}`,
    fix: "Publish the version that you want.",
  });
}

type Note = Pick<Publish, "ref" | "actor" | "runId"> & {
  readonly verb: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
};

async function note(tx: Tx, { ref, actor, runId, verb, detail }: Note): Promise<void> {
  await appendAudit(tx, { chain: `run:${runId}`, actor, verb, subject: ref, detail });
}

export async function listPublished(db: Db): Promise<SnapshotPrompt[]> {
  const rows = await listLabelled(db, defaultLabel);
  return rows.map(({ ref, version, hash, content }) => ({
    name: parseEntityRef(ref).name,
    ref,
    version,
    hash,
    ...content,
  }));
}

export async function listSummaries(db: Db): Promise<PromptSummary[]> {
  const published = new Map((await listPublished(db)).map((prompt) => [prompt.ref, prompt]));
  return (await countVersions(db)).map(({ ref, versions }) => ({
    ref,
    name: parseEntityRef(ref).name,
    versions,
    published: published.get(ref)?.version ?? null,
    hash: published.get(ref)?.hash ?? null,
  }));
}

export async function getDetail(db: Db, ref: string): Promise<PromptDetail> {
  const versions = await listVersions(db, ref);
  if (versions.length === 0) {
    throw new NotFoundError({
      code: "prompt_not_found",
      message: `${ref} has no published version`,
      fix: "`GET /api/prompts` lists those that have one.",
    });
  }
  const labels = await listLabels(db, ref);
  const published = labels.find((label) => label.label === defaultLabel)?.version ?? null;
  return {
    ref,
    name: parseEntityRef(ref).name,
    versions: versions.length,
    published,
    hash: versions.find((row) => row.version === published)?.hash ?? null,
    items: versions.map((row) => ({
      version: row.version,
      hash: row.hash,
      content: row.content,
      labels: labels.filter((label) => label.version === row.version).map((label) => label.label),
      createdAt: row.created_at.toISOString(),
      createdBy: row.created_by,
      runId: row.run_id,
    })),
  };
}
