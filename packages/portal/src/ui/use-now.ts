import { useSyncExternalStore } from "react";

type Ticker = {
  readonly subscribe: (listener: () => void) => () => void;
  readonly now: () => number;
};

/** One timer for all watchers of a pace; it stops when nobody watches. */
function createTicker(everyMs: number): Ticker {
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let now = Date.now();
  const tick = () => {
    now = Date.now();
    for (const listener of listeners) listener();
  };
  return {
    now: () => now,
    subscribe: (listener) => {
      listeners.add(listener);
      now = Date.now();
      timer ??= setInterval(tick, everyMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

const slow = createTicker(15_000);
const fast = createTicker(250);

/** The present, renewed at a pace: `slow` for relative times, `fast` for what runs before one's eyes. */
export function useNow(pace: "slow" | "fast" = "slow"): number {
  const ticker = pace === "fast" ? fast : slow;
  return useSyncExternalStore(ticker.subscribe, ticker.now);
}
