import type { Tx } from "#platform/db/database";
import type { GatewayTables } from "../tables.ts";

/** Locks the version until the transaction ends: whoever builds a snapshot reads its sources after this, so that versions
 *  follow the order of the truth. */
export async function lockSnapshotVersion(tx: Tx) {
  return tx
    .withTables<GatewayTables>()
    .selectFrom("gateway_snapshot")
    .select(["version", "content_hash"])
    .forUpdate()
    .executeTakeFirstOrThrow();
}

export async function writeSnapshotVersion(
  tx: Tx,
  version: number,
  contentHash: string,
): Promise<void> {
  await tx
    .withTables<GatewayTables>()
    .updateTable("gateway_snapshot")
    .set({ version, content_hash: contentHash })
    .execute();
}
