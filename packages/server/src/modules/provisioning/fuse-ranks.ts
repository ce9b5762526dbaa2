export type Scored = { readonly position: number; readonly score: number };

/** The constant of reciprocal rank fusion in its paper (Cormack et al., 2009); it needs no tuning and no common scale. */
const flatness = 60;

/** Joins rankings by reciprocal rank: what several rank high comes first. Scores lie between 0 and 1; 1 = first in all. */
export function fuseRanks(rankings: readonly (readonly Scored[])[]): Scored[] {
  const sums = new Map<number, number>();
  for (const ranking of rankings) {
    for (const [rank, { position }] of ranking.entries()) {
      sums.set(position, (sums.get(position) ?? 0) + 1 / (flatness + rank + 1));
    }
  }
  const best = rankings.length / (flatness + 1);
  return [...sums]
    .map(([position, sum]) => ({ position, score: sum / best }))
    .toSorted(highestFirst);
}

/** The highest scores, at most `limit`, in order. Equal scores keep the order of the documents, so that two processes
 *  answer the same. */
export function takeHighest(scores: Iterable<Scored>, limit: number): Scored[] {
  const top: Scored[] = [];
  for (const item of scores) {
    const last = top.at(-1);
    if (top.length === limit && last && highestFirst(item, last) >= 0) continue;
    const at = top.findIndex((other) => highestFirst(item, other) < 0);
    top.splice(at === -1 ? top.length : at, 0, item);
    if (top.length > limit) top.pop();
  }
  return top;
}

function highestFirst(a: Scored, b: Scored): number {
  return b.score - a.score || a.position - b.position;
}
