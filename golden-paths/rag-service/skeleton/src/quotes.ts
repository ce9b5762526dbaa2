import type { Passage } from "./gateway.ts";

export type Source = { readonly title: string; readonly path: string; readonly quote: string };

/** The quotes of an answer that stand word for word in the passage they cite: `"…" [n]`, straight or curly quotation
 *  marks. What a model made up, changed or cited wrongly does not become a source. */
export function findSources(answer: string, passages: readonly Passage[]): Source[] {
  const sources: Source[] = [];
  for (const { candidates, number } of listCitations(answer)) {
    const passage = passages[number - 1];
    if (!passage) continue;
    const quote = candidates
      .map((candidate) => findVerbatim(candidate, passage.text))
      .find((found) => found !== undefined);
    if (quote === undefined) continue;
    const isKnown = sources.some((source) => source.path === passage.path && source.quote === quote);
    if (!isKnown) sources.push({ title: passage.title, path: passage.path, quote });
  }
  return sources;
}

type Citation = { readonly number: number; readonly candidates: readonly string[] };

/** Every `"` or `”` followed by [n], with all texts that may be the quote before it, longest first: a quote may itself
 *  hold quotation marks, and only the passage tells where it began. */
function listCitations(answer: string): Citation[] {
  const citations: Citation[] = [];
  let begin = 0;
  for (const match of answer.matchAll(/["”][.,;]?\s*\[(\d{1,3})\]/g)) {
    const before = answer.slice(begin, match.index);
    const openings = [...before.matchAll(/["“]/g)].map((mark) => mark.index + 1);
    citations.push({
      number: Number(match[1]),
      candidates: openings.map((at) => before.slice(at)),
    });
    begin = match.index + match[0].length;
  }
  return citations;
}

/** The slice of `text` that equals `quote` when runs of whitespace count as one blank, and that cuts no word of `text`
 *  in two; undefined without one. */
export function findVerbatim(quote: string, text: string): string | undefined {
  const words = quote.trim().split(/\s+/);
  if (words.join("").length === 0) return undefined;
  const pattern = words.map(escapeForRegExp).join("\\s+");
  const letter = "[\\p{L}\\p{N}]";
  const begin = /^[\p{L}\p{N}]/u.test(quote.trim()) ? `(?<!${letter})` : "";
  const end = /[\p{L}\p{N}]$/u.test(quote.trim()) ? `(?!${letter})` : "";
  return new RegExp(begin + pattern + end, "u").exec(text)?.[0];
}

function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
