import { readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname } from "node:path";

/** The operating-system user that PostgreSQL runs under. PostgreSQL refuses root, so root lends it `nobody`. */
export type Account = {
  readonly uid: number;
  readonly gid: number;
  /** Whether it is the user of this process; then nothing needs to be handed over. */
  readonly isOwn: boolean;
};

export async function chooseAccount(): Promise<Account> {
  const own = userInfo();
  if (own.uid !== 0) return { uid: own.uid, gid: own.gid, isOwn: true };
  const passwd = await readFile("/etc/passwd", "utf8").catch(() => "");
  const nobody = passwd.split("\n").find((line) => line.startsWith("nobody:"));
  const [, , uid, gid] = nobody?.split(":") ?? [];
  // macOS writes -2, which is the same number unsigned.
  return { uid: Number(uid ?? 65_534) >>> 0, gid: Number(gid ?? 65_534) >>> 0, isOwn: false };
}

/** Whether the account may pass through every directory down to and including this one. */
export async function canReach(account: Account, directory: string): Promise<boolean> {
  const info = await stat(directory).catch(() => undefined);
  if (info) {
    const bit = info.uid === account.uid ? 0o100 : info.gid === account.gid ? 0o010 : 0o001;
    if ((info.mode & bit) === 0) return false;
  }
  const parent = dirname(directory);
  return parent === directory || canReach(account, parent);
}
