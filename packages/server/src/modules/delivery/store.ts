import type { Selectable } from "kysely";
import type { Db, Tx } from "#platform/db/database";
import { deployment, type Deployment } from "./deployment.ts";
import type { DeliveryTables } from "./tables.ts";

export type StoredDeployment = {
  readonly deployment: Deployment;
  /** What it replaced. */
  readonly previous: Deployment | null;
};

export async function listDeployments(db: Db): Promise<Deployment[]> {
  const rows = await db
    .withTables<DeliveryTables>()
    .selectFrom("deployment")
    .selectAll()
    .orderBy("name")
    .execute();
  return rows.map((row) => toStored(row).deployment);
}

export async function findDeployment(
  db: Db | Tx,
  name: string,
): Promise<StoredDeployment | undefined> {
  const row = await db
    .withTables<DeliveryTables>()
    .selectFrom("deployment")
    .selectAll()
    .where("name", "=", name)
    .executeTakeFirst();
  return row && toStored(row);
}

/** Makes a deployment the wanted one. */
export async function putDeployment(
  tx: Tx,
  next: Deployment,
  previous: Deployment | null,
): Promise<void> {
  const row = {
    name: next.name,
    component: next.component,
    owner: next.owner,
    repository: next.repository,
    commit_hash: next.commit,
    key_id: next.keyId,
    is_public: next.isPublic,
    run_id: next.runId,
    made_by: next.madeBy,
    previous: previous === null ? null : JSON.stringify(previous),
  };
  await tx
    .withTables<DeliveryTables>()
    .insertInto("deployment")
    .values(row)
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
    .execute();
}

export async function deleteDeployment(tx: Tx, name: string): Promise<void> {
  await tx.withTables<DeliveryTables>().deleteFrom("deployment").where("name", "=", name).execute();
}

function toStored(row: Selectable<DeliveryTables["deployment"]>): StoredDeployment {
  return {
    deployment: {
      name: row.name,
      component: row.component,
      owner: row.owner,
      repository: row.repository,
      commit: row.commit_hash,
      keyId: row.key_id,
      isPublic: row.is_public,
      runId: row.run_id,
      madeBy: row.made_by,
    },
    previous: row.previous === null ? null : deployment.parse(row.previous),
  };
}
