import { appendFileSync } from "node:fs";

/** What a crash point does in a real process: SIGKILL leaves no chance to flush or to clean up. */
export const crashActions = {
  kill: (): void => {
    process.kill(process.pid, "SIGKILL");
  },
  record: (file: string, name: string): void => appendFileSync(file, `${name}\n`),
};
