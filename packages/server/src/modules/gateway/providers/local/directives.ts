/** What `extract-1` obeys in a system prompt. Sentences that read naturally and mean the same to a real model, so that a
 *  prompt written for one works for the other. Everything else in the prompt is ignored, see docs/reference/local-models.md. */
export type Directives = {
  readonly maxSentences: number;
  readonly citation: "brackets" | "parentheses" | "none";
  readonly nothingAnswer: string;
};

export const defaultDirectives: Directives = {
  maxSentences: 3,
  citation: "brackets",
  nothingAnswer: "The given passages do not answer this question.",
};

export function readDirectives(system: string): Directives {
  const most = /\b(?:max(?:imum)?\.? sentences:|(?:use|quote) at most)\s*(\d{1,2})\b/i.exec(system);
  const nothing = /if nothing fits,? (?:answer|say) exactly:?\s*["“]([^"“”]{1,500})["”]/i.exec(
    system,
  );
  return {
    maxSentences: most ? Math.max(1, Number(most[1])) : defaultDirectives.maxSentences,
    citation: readCitation(system),
    nothingAnswer: nothing?.[1] ?? defaultDirectives.nothingAnswer,
  };
}

function readCitation(system: string): Directives["citation"] {
  if (/\bdo not cite\b/i.test(system)) return "none";
  if (/\bcite as \(n\)/i.test(system)) return "parentheses";
  return "brackets";
}
