/** A platform's delivery in a process of its own, to be killed: `run-delivery.ts <database url> <home> <job as JSON>`. It
 *  starts what should run, does its job, says so, and stays. */
import { systemClock } from "#platform/clock";
import { crashActions } from "#platform/crash-actions";
import { crashPointFrom } from "#platform/crash-points";
import { openDatabase } from "#platform/db/database";
import { executeContext, startDelivery } from "./delivery.ts";

type Job = {
  readonly key: string;
  readonly deploy?: Record<string, unknown>;
  readonly undo?: unknown;
  readonly crashAt?: string;
};

const [url = "", root = "", text = "{}"] = process.argv.slice(2);
const job = JSON.parse(text) as Job; // from the test beside us
const { db } = openDatabase({ url, maxConnections: 4 });
const delivery = await startDelivery({ db, root });
await delivery.supervisor.start();
const crashPoint = crashPointFrom(job.crashAt, crashActions);
const context = executeContext({ key: job.key, crashPoint });
if (job.deploy) {
  const { output, undo } = await delivery.deploy.execute(job.deploy, context);
  say({ event: "deployed", output, undo });
}
if (job.undo) {
  await delivery.deploy.undo?.(job.undo, context);
  say({ event: "undone" });
}
process.on("SIGTERM", () => void delivery.stop().then(() => process.exit(0)));
// After that: whoever hears it may send the signal at once.
say({ event: "ready", origin: delivery.origin });

function say(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ at: systemClock.now(), ...line })}\n`);
}
