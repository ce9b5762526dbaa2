import type { Directives } from "./directives.ts";
import type { Task } from "./passages.ts";
import { listSentences } from "./sentences.ts";
import { listTerms, listWords } from "./words.ts";

/** Below this share of the question's weight no sentence counts as an answer. */
const leastCoverage = 0.5;
/** A further sentence must reach this share of the best one's score, and say something new. */
const leastShareOfBest = 0.55;
/** What a term counts that stands not in the sentence but in its heading, title or neighbour. */
const nearbyWeight = 0.5;

/** Terms with this many equal first letters may be forms of one word. */
const sameBeginning = 5;

type Candidate = {
  readonly passage: number;
  readonly order: number;
  readonly text: string;
  readonly own: ReadonlySet<string>;
  readonly nearby: ReadonlySet<string>;
};
type Scored = Candidate & { readonly coverage: number; readonly score: number };

/** The answer of `extract-1`: the sentences that carry most of the question's weight, word for word and cited, or the
 *  sentence that says that nothing fits. Pure and deterministic. */
export function extractAnswer(task: Task, directives: Directives): string {
  const best = pickSentences(task, directives.maxSentences);
  if (best.length === 0) return directives.nothingAnswer;
  return best.map((sentence) => cite(sentence, directives.citation)).join(" ");
}

function cite(sentence: Candidate, style: Directives["citation"]): string {
  switch (style) {
    case "brackets":
      return `“${sentence.text}” [${sentence.passage}]`;
    case "parentheses":
      return `“${sentence.text}” (${sentence.passage})`;
    case "none":
      return `“${sentence.text}”`;
  }
}

function pickSentences(task: Task, most: number): Candidate[] {
  const terms = [...new Set(listTerms(task.question))];
  const candidates = listCandidates(task);
  if (terms.length === 0 || candidates.length === 0) return [];
  const weights = weighTerms(terms, candidates);
  const ranked = candidates
    .map((candidate) => scoreCandidate(candidate, weights, expectsNumber(task.question)))
    .filter((candidate) => candidate.coverage >= leastCoverage)
    .toSorted((a, b) => b.score - a.score || a.order - b.order);
  return keepTelling(ranked, terms, most);
}

function listCandidates(task: Task): Candidate[] {
  const candidates: Candidate[] = [];
  for (const passage of task.passages) {
    const sentences = listSentences(passage.text);
    const terms = sentences.map((sentence) => new Set(listTerms(sentence.text)));
    for (const [index, sentence] of sentences.entries()) {
      const around = `${passage.title} ${sentence.heading}`;
      candidates.push({
        passage: passage.number,
        order: candidates.length,
        text: sentence.text,
        own: terms[index] ?? new Set(),
        nearby: new Set([...listTerms(around), ...(terms[index - 1] ?? [])]),
      });
    }
  }
  return candidates;
}

/** Inverse document frequency over the given sentences. A term that stands in none of them weighs what the others weigh
 *  on average: people ask in other words than documents answer, so its absence is a doubt and no proof. */
function weighTerms(
  terms: readonly string[],
  candidates: readonly Candidate[],
): Map<string, number> {
  const total = candidates.length;
  const weights = new Map<string, number>();
  for (const term of terms) {
    const holding = candidates.filter(
      (candidate) => holds(candidate.own, term) || holds(candidate.nearby, term),
    ).length;
    if (holding > 0) weights.set(term, Math.log(1 + (total - holding + 0.5) / (holding + 0.5)));
  }
  const known = [...weights.values()];
  const average = known.reduce((sum, weight) => sum + weight, 0) / Math.max(known.length, 1);
  for (const term of terms) if (!weights.has(term)) weights.set(term, average || 1);
  return weights;
}

function scoreCandidate(
  candidate: Candidate,
  weights: ReadonlyMap<string, number>,
  wantsNumber: boolean,
): Scored {
  let total = 0;
  let covered = 0;
  for (const [term, weight] of weights) {
    total += weight;
    if (holds(candidate.own, term)) covered += weight;
    else if (holds(candidate.nearby, term)) covered += weight * nearbyWeight;
  }
  const coverage = covered / total;
  // Long sentences hold more words by chance alone; 40 terms halve the score.
  const brevity = 1 / (1 + candidate.own.size / 40);
  const numberBonus = wantsNumber && /\p{N}/u.test(candidate.text) ? 1.15 : 1;
  return { ...candidate, coverage, score: coverage * brevity * numberBonus };
}

/** The term itself, or one that is the same word for all but its ending (`available`, `availability`). */
function holds(terms: ReadonlySet<string>, term: string): boolean {
  if (terms.has(term)) return true;
  if (term.length < sameBeginning || /\p{N}/u.test(term)) return false;
  const beginning = term.slice(0, Math.max(sameBeginning, term.length - 3));
  for (const other of terms) {
    if (other.startsWith(beginning) && other.length <= term.length + 4) return true;
  }
  return false;
}

function expectsNumber(question: string): boolean {
  const words = listWords(question);
  return (
    words.includes("when") ||
    words.some(
      (word, index) =>
        word === "how" && /^(many|much|long|often|fast|soon|quickly)$/.test(words[index + 1] ?? ""),
    )
  );
}

/** From the best downwards, each further sentence only if it is nearly as good and covers a term that is still missing. */
function keepTelling(ranked: readonly Scored[], terms: readonly string[], most: number): Scored[] {
  const best = ranked[0];
  if (!best) return [];
  const kept: Scored[] = [];
  const missing = new Set(terms);
  for (const candidate of ranked) {
    if (kept.length === most) break;
    if (kept.some((other) => other.text === candidate.text)) continue;
    const tellsMore = [...missing].some((term) => candidate.own.has(term));
    if (kept.length > 0 && (candidate.score < best.score * leastShareOfBest || !tellsMore))
      continue;
    kept.push(candidate);
    for (const term of candidate.own) missing.delete(term);
  }
  return kept;
}
