import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "@causeway/contract";
import type { Clock } from "#platform/clock";

/** Between two long polls a gateway is unseen for milliseconds; one that stays away longer counts as gone. */
const graceMs = 3_000;

type Seen = { applied: number; polls: number; lastSeen: number };
export type ConnectedGateways = ReturnType<typeof createConnectedGateways>;

/** Which gateways ask this process for snapshots, and what each has applied: its next ask names the version. */
export function createConnectedGateways(clock: Clock) {
  const gateways = new Map<string, Seen>();
  let change = Promise.withResolvers<void>();
  const signal = (): void => {
    change.resolve();
    change = Promise.withResolvers<void>();
  };
  const isConnected = (seen: Seen): boolean =>
    seen.polls > 0 || clock.now().getTime() - seen.lastSeen < graceMs;

  return {
    /** Returns what to call when the poll ends. */
    pollBegins: (gateway: string, applied: number) => {
      const seen = gateways.get(gateway) ?? { applied, polls: 0, lastSeen: 0 };
      gateways.set(gateway, seen);
      seen.applied = applied;
      seen.polls += 1;
      signal();
      return (how: "answered" | "broken"): void => {
        seen.polls -= 1;
        seen.lastSeen = how === "answered" ? clock.now().getTime() : 0;
        signal();
      };
    },
    list: () =>
      [...gateways]
        .filter(([, seen]) => isConnected(seen))
        .map(([id, { applied }]) => ({ id, appliedVersion: applied })),
    awaitApplied: async (version: number, boundMs: number): Promise<void> => {
      const end = clock.now().getTime() + boundMs;
      for (;;) {
        const connected = [...gateways.values()].filter(isConnected);
        const behind = connected.filter((seen) => seen.applied < version).length;
        if (connected.length > 0 && behind === 0) return;
        if (clock.now().getTime() >= end) throw notApplied(connected.length, behind);
        await Promise.race([change.promise, sleep(100)]);
      }
    },
  };
}

function notApplied(connected: number, behind: number): UnavailableError {
  return new UnavailableError({
    code: "gateway_not_up_to_date",
    message:
      connected === 0
        ? "No model gateway is connected to the control plane"
        : `${behind} of ${connected} model gateways have not taken the newest settings yet`,
    fix: "Look at the gateway's log; try again when it runs.",
  });
}
