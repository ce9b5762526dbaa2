/** Run by fault tests: holds the lock of the home in argv[2] and its PostgreSQL until it is killed. */
import { startEmbeddedPostgres } from "#platform/db/embedded/index";
import { createHome } from "#platform/home";
import { lockHome } from "#platform/home-lock";
import { silentLog } from "#platform/log";

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const home = await createHome(process.argv[2] ?? "");
await lockHome(home);
say({ event: "locked" });
const postgres = await startEmbeddedPostgres({
  home,
  log: silentLog,
  onProgress: (message) => say({ event: "progress", message }),
});
say({ event: "ready", pid: postgres.pid, attached: postgres.attached, url: postgres.url });
setInterval(() => {}, 60_000);
