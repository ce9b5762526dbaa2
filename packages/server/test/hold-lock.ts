/** Run by fault tests: takes the lock of the home in argv[2] if it can and stays. */
import { ConflictError } from "@causeway/contract";
import { createHome } from "#platform/home";
import { lockHome } from "#platform/home-lock";

const home = await createHome(process.argv[2] ?? "");
const hasLock = await lockHome(home).then(
  () => true,
  (error: unknown) => {
    if (error instanceof ConflictError) return false;
    throw error;
  },
);
process.stdout.write(`${JSON.stringify({ event: "done", hasLock })}\n`);
setInterval(() => {}, 60_000);
