/** How one life of a service went. */
export type Life = { readonly startedAtMs: number; readonly endedAtMs: number };

export type RestartDecision =
  | { readonly kind: "restart"; readonly delayMs: number; readonly attempt: number }
  | { readonly kind: "giveUp"; readonly attempts: number };

export type RestartRules = {
  readonly stableMs: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly maxShortLives: number;
};

export const restartRules: RestartRules = {
  /** A life this long pays all earlier failures off. */
  stableMs: 60_000,
  firstDelayMs: 250,
  maxDelayMs: 30_000,
  /** Short lives in a row after which we stop trying. About two minutes with these delays. */
  maxShortLives: 8,
};

/** What follows the end of a service that should run. Exponential with full-range jitter above half: services that died
 *  of one cause must not come back in one moment. `random` is in [0, 1). */
export function decideRestart(
  lives: readonly Life[],
  random: number,
  rules: RestartRules = restartRules,
): RestartDecision {
  const shortLives = countShortLives(lives, rules);
  if (shortLives >= rules.maxShortLives) return { kind: "giveUp", attempts: shortLives };
  const doublings = Math.max(0, shortLives - 1);
  const full = Math.min(rules.maxDelayMs, rules.firstDelayMs * 2 ** doublings);
  return {
    kind: "restart",
    delayMs: Math.round(full / 2 + (full / 2) * random),
    attempt: shortLives + 1,
  };
}

function countShortLives(lives: readonly Life[], { stableMs }: RestartRules): number {
  const lastStable = lives.findLastIndex((life) => life.endedAtMs - life.startedAtMs >= stableMs);
  return lives.length - 1 - lastStable;
}
