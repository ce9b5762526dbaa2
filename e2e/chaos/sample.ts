/** A few points, of as many different names as there are: most points of a run are the same place many times over. */
export function samplePoints(points: readonly string[], size: number, seed: number): string[] {
  const random = createRandom(seed);
  const shuffled = points
    .map((point) => ({ point, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ point }) => point);
  const byName = new Map<string, string>();
  for (const point of shuffled) byName.set(nameOf(point), byName.get(nameOf(point)) ?? point);
  const others = shuffled.filter((point) => byName.get(nameOf(point)) !== point);
  return [...byName.values(), ...others].slice(0, size);
}

const nameOf = (point: string): string => point.split("#")[0] ?? point;

/** Mulberry32: the same numbers for the same seed, everywhere. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
