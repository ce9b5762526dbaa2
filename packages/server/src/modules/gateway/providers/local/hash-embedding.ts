import { listTerms, listWords } from "./words.ts";

export const hashDimensions = 256;

/** What one character n-gram counts beside a whole word: enough to bring `deploy` and `deployment` near each other. */
const gramWeight = 0.35;

/** The vector of `hash-256`: signed feature hashing of stemmed words and character n-grams (3 to 5), sublinear
 *  term frequency, L2-normalised. Texts without any word give the zero vector. */
export function embedText(text: string): Float32Array {
  const vector = new Float32Array(hashDimensions);
  for (const [feature, count] of countFeatures(text)) {
    const weight = (1 + Math.log(count)) * (feature.startsWith("g:") ? gramWeight : 1);
    const hash = fnv1a(feature);
    // The sign comes from a bit that the index does not use, so collisions cancel on average.
    const sign = (hash & 0x10000) === 0 ? 1 : -1;
    const index = hash % hashDimensions;
    vector[index] = (vector[index] ?? 0) + sign * weight;
  }
  const norm = Math.hypot(...vector);
  return norm === 0 ? vector : vector.map((value) => value / norm);
}

function countFeatures(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (feature: string): void => {
    counts.set(feature, (counts.get(feature) ?? 0) + 1);
  };
  const terms = listTerms(text);
  // Nothing but stop words still has to differ from nothing but other stop words.
  for (const term of terms.length > 0 ? terms : listWords(text)) {
    add(`w:${term}`);
    const padded = `^${term}$`;
    for (let size = 3; size <= 5; size++) {
      for (let at = 0; at + size <= padded.length; at++) add(`g:${padded.slice(at, at + size)}`);
    }
  }
  return counts;
}

/** FNV-1a with a last mix: plain FNV's low bits, which choose the dimension, are poor for short keys. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}
