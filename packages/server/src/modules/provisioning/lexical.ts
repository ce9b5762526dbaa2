import { listTerms } from "./terms.ts";

/** Okapi BM25 over the chunks of one store, in memory. */
export type LexicalIndex = {
  /** Scores of the chunks that hold at least one of the query's terms, by position. */
  score(query: string): ReadonlyMap<number, number>;
};

// The usual values of the literature; never tuned to anybody's questions.
const saturation = 1.2;
const lengthPenalty = 0.75;

type Posting = { readonly chunk: number; readonly count: number };

export function createLexicalIndex(texts: Iterable<string>): LexicalIndex {
  const postings = new Map<string, Posting[]>();
  const lengths: number[] = [];
  for (const text of texts) {
    const terms = listTerms(text);
    const chunk = lengths.push(terms.length) - 1;
    for (const [term, count] of countTerms(terms)) {
      const list = postings.get(term);
      if (list) list.push({ chunk, count });
      else postings.set(term, [{ chunk, count }]);
    }
  }
  const total = lengths.length;
  const averageLength = lengths.reduce((sum, length) => sum + length, 0) / Math.max(total, 1);
  return {
    score: (query) => {
      const scores = new Map<number, number>();
      for (const term of new Set(listTerms(query))) {
        const list = postings.get(term) ?? [];
        const rarity = Math.log(1 + (total - list.length + 0.5) / (list.length + 0.5));
        for (const { chunk, count } of list) {
          const relativeLength = (lengths[chunk] ?? 0) / averageLength;
          const weight = saturation * (1 - lengthPenalty + lengthPenalty * relativeLength);
          const gain = (rarity * count * (saturation + 1)) / (count + weight);
          scores.set(chunk, (scores.get(chunk) ?? 0) + gain);
        }
      }
      return scores;
    },
  };
}

function countTerms(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}
