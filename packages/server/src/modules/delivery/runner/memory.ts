import { readFile } from "node:fs/promises";

/** What a process holds that nobody else can use, in MiB; undefined where the system does not say. */
export async function findPrivateMemoryMiB(pid: number): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const kib = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]);
    const sum = kib("RssAnon") + kib("RssShmem");
    return Number.isNaN(sum) ? undefined : sum / 1_024;
  } catch {
    return undefined;
  }
}
