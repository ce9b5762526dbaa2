import type { Scored } from "./fuse-ranks.ts";
import { listTerms } from "./terms.ts";

/** Okapi BM25 over the chunks of one store, in memory. */
export type LexicalIndex = {
  /** The chunks that hold at least one of the query's terms. */
  score(query: string): Iterable<Scored>;
};
export type LexicalBuilder = {
  /** Texts are numbered in the order they come. */
  add(text: string): void;
  build(): LexicalIndex;
};

// The usual values of the literature; never tuned to anybody's questions.
const saturation = 1.2;
const lengthPenalty = 0.75;

/** A posting is one number, chunk times this plus the count: an object each took nine times the memory. */
const countSpace = 256;

export function startLexicalIndex(): LexicalBuilder {
  const growing = new Map<string, number[]>();
  const lengths: number[] = [];
  return {
    add: (text) => {
      const terms = listTerms(text);
      const chunk = lengths.push(terms.length) - 1;
      for (const [term, count] of countTerms(terms)) {
        const posting = chunk * countSpace + Math.min(count, countSpace - 1);
        const list = growing.get(term);
        if (list) list.push(posting);
        else growing.set(term, [posting]);
      }
    },
    build: () => {
      const postings = new Map<string, Uint32Array>();
      for (const [term, list] of growing) postings.set(term, Uint32Array.from(list));
      const averageLength = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
      return { score: (query) => score(query, { postings, lengths, averageLength }) };
    },
  };
}

type Built = {
  readonly postings: ReadonlyMap<string, Uint32Array>;
  readonly lengths: readonly number[];
  readonly averageLength: number;
};

function* score(query: string, { postings, lengths, averageLength }: Built): Generator<Scored> {
  const total = lengths.length;
  const scores = new Float32Array(total);
  for (const term of new Set(listTerms(query))) {
    const list = postings.get(term);
    if (!list) continue;
    const rarity = Math.log(1 + (total - list.length + 0.5) / (list.length + 0.5));
    for (const posting of list) {
      const chunk = Math.floor(posting / countSpace);
      const count = posting % countSpace;
      const relativeLength = (lengths[chunk] ?? 0) / averageLength;
      const weight = saturation * (1 - lengthPenalty + lengthPenalty * relativeLength);
      const gain = (rarity * count * (saturation + 1)) / (count + weight);
      scores[chunk] = (scores[chunk] ?? 0) + gain;
    }
  }
  for (const [position, found] of scores.entries()) {
    if (found > 0) yield { position, score: found };
  }
}

function countTerms(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}
