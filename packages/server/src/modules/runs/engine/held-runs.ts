import { isPassing } from "#platform/db/passing-errors";
import { renewLeases } from "../store/engine.ts";
import { claim, holdRun, type EngineDeps } from "./run.ts";

/** The runs that this process holds: claimed, worked on, leases renewed, dropped when somebody else has them. */
export type HeldRuns = {
  readonly size: number;
  /** Takes the run unless it is held already; resolves when this process does not hold it any more. */
  take(runId: string): Promise<void>;
  /** Whether its last holding ended by a bug a short while ago: it is left alone instead of being tried in a loop. */
  isAvoided(runId: string): boolean;
  stop(): Promise<void>;
};

type Held = { readonly abort: AbortController; epoch: number | undefined; done: Promise<void> };

const avoidMs = 30_000;

export function createHeldRuns(
  deps: EngineDeps,
  options: { readonly holder: string; readonly leaseMs: number; readonly onRoom: () => void },
): HeldRuns {
  const held = new Map<string, Held>();
  const avoidedUntil = new Map<string, number>();
  let renewing: NodeJS.Timeout | undefined;

  const work = async (runId: string, mine: Held): Promise<void> => {
    try {
      const run = await claim(deps, runId, options);
      if (!run) return;
      mine.epoch = run.epoch;
      await holdRun(deps, run, mine.abort.signal);
    } catch (error) {
      deps.log.error({ err: error, runId }, "run dropped");
      if (!isPassing(error)) avoidedUntil.set(runId, deps.clock.now().getTime() + avoidMs);
    }
  };
  return {
    get size() {
      return held.size;
    },
    take: (runId) => {
      const already = held.get(runId);
      if (already) return already.done;
      const mine: Held = {
        abort: new AbortController(),
        epoch: undefined,
        done: Promise.resolve(),
      };
      held.set(runId, mine);
      mine.done = work(runId, mine).finally(() => {
        held.delete(runId);
        options.onRoom();
      });
      renewing ??= setInterval(() => void renew(deps, held, options.leaseMs), options.leaseMs / 4);
      return mine.done;
    },
    isAvoided: (runId) => (avoidedUntil.get(runId) ?? 0) > deps.clock.now().getTime(),
    stop: async () => {
      for (const { abort } of held.values()) abort.abort();
      await Promise.allSettled([...held.values()].map(({ done }) => done));
      clearInterval(renewing);
      renewing = undefined;
    },
  };
}

/** Who does not get a lease back has lost the run: it stops working on it. */
async function renew(
  deps: EngineDeps,
  held: ReadonlyMap<string, Held>,
  leaseMs: number,
): Promise<void> {
  const ours = [...held].flatMap(([id, { epoch }]) => (epoch === undefined ? [] : [{ id, epoch }]));
  if (ours.length === 0) return;
  try {
    const renewed = await renewLeases(deps.db, ours, leaseMs);
    for (const { id, epoch } of ours) {
      const mine = held.get(id);
      if (mine?.epoch === epoch && !renewed.has(id)) mine.abort.abort();
    }
  } catch (error) {
    // Nothing to do: who takes the run over raises its epoch, and our writes come to nothing.
    deps.log.warn({ error: String(error) }, "leases not renewed");
  }
}
