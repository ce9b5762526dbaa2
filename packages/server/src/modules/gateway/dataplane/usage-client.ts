import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "#platform/log";
import type { ControlClient } from "./control-client.ts";
import type { Journal } from "./journal-store.ts";

export type DeliveryDeps = {
  readonly journal: Journal;
  readonly control: ControlClient;
  readonly log: Log;
  /** Called between batches; rotates the journal when that is due. */
  readonly onRound: () => void;
};
export type Delivery = ReturnType<typeof createDelivery>;

const gatherMs = 100;

/** Brings settled records to the control plane: in batches, at least once, until each is acknowledged. */
export function createDelivery(deps: DeliveryDeps) {
  const stop = new AbortController();
  let wake = Promise.withResolvers<void>();
  let running: Promise<void> | undefined;

  const deliverAll = async (): Promise<void> => {
    for (;;) {
      const batch = await deps.journal.readUndelivered();
      const { records } = batch;
      if (records.length > 0) await deps.control.deliverUsage(records, AbortSignal.timeout(10_000));
      batch.acknowledge();
      deps.onRound();
      await deps.journal.collect();
      if (records.length === 0) return;
    }
  };
  const run = async (): Promise<void> => {
    let pauseMs = 250;
    while (!stop.signal.aborted) {
      await wake.promise;
      wake = Promise.withResolvers<void>();
      await pause(gatherMs, stop.signal);
      try {
        await deliverAll();
        pauseMs = 250;
      } catch (error) {
        deps.log.debug({ err: error }, "usage not delivered yet, it waits on disk");
        await pause(pauseMs, stop.signal);
        pauseMs = Math.min(pauseMs * 2, 5_000);
        wake.resolve();
      }
    }
  };

  return {
    start: (): void => {
      running = run();
      wake.resolve();
    },
    /** Something was settled. */
    notice: (): void => wake.resolve(),
    /** Tries once more, then stops; what is left waits for the next start. */
    close: async (): Promise<void> => {
      stop.abort();
      wake.resolve();
      await running;
      await deliverAll().catch(() => {});
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
