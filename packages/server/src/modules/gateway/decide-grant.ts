/** How much of a budget a gateway holds after it asked (I8). Grants are cumulative.
 *  It gets what it lacks and an eighth of what would remain: far from the cap that spares most calls the wait for another
 *  ask, near the cap the extra shrinks to nothing, so that hardly anything lies unused with one gateway while another refuses. */
export function decideGrant(ask: {
  readonly capMicroUsd: number;
  readonly heldByAllMicroUsd: number;
  readonly heldByThisMicroUsd: number;
  readonly neededMicroUsd: number;
}): number {
  const lacking = ask.neededMicroUsd - ask.heldByThisMicroUsd;
  const free = Math.max(0, ask.capMicroUsd - ask.heldByAllMicroUsd);
  if (lacking <= 0) return ask.heldByThisMicroUsd;
  if (lacking >= free) return ask.heldByThisMicroUsd + free;
  return ask.heldByThisMicroUsd + lacking + Math.floor((free - lacking) / 8);
}
