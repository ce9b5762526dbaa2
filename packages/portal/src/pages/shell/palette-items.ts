/** How well a text answers a query: every word must occur; the beginning of a word counts more. 0 = no match. */
export function matchScore(text: string, query: string): number {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const haystack = text.toLowerCase();
  let score = 1;
  for (const word of words) {
    const at = haystack.indexOf(word);
    if (at === -1) return 0;
    const startsWord = at === 0 || /[\s:/_.-]/.test(haystack[at - 1] ?? "");
    score += startsWord ? 2 : 1;
    if (at === 0) score += 1;
  }
  return score;
}

/** The best matches first; equal ones in the order given. */
export function rankMatches<Item>(
  items: readonly Item[],
  query: string,
  textOf: (item: Item) => string,
): Item[] {
  if (query.trim() === "") return [...items];
  return items
    .map((item) => ({ item, score: matchScore(textOf(item), query) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ item }) => item);
}
