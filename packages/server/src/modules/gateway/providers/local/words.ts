const stopWords = new Set(
  `a about after all also am an and any are as at be because been before being below between both but by can could did do
   does doing don down during each few for from further get had has have having he her here hers him his how i if in into
   is it its just let may me might more most must my no nor not of off on once only or other our out over own per please
   same shall she should so some such than that the their them then there these they this those through to too under
   until up us use used using very want was we were what when where which while who whom whose why will with would you
   your there's it's i'm we're
   anybody anyone anything everybody everyone everything nobody nothing one somebody someone something thing
   give given gives go goes got happen happened happens know let like long made make makes many mean means much need needed
   needs tell want wants anyway ever exactly`.split(/\s+/),
);

/** Lower-case words and numbers, in order. `GPT-4o`, `99.5` and `30%` each stay one. */
export function listWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’.,:/-][\p{L}\p{N}]+)*/gu) ?? [];
}

/** Stems of the words that carry meaning. A word made of parts (`on-call`) yields itself and its parts. */
export function listTerms(text: string): string[] {
  const terms: string[] = [];
  for (const word of listWords(text)) {
    const parts = word.split(/[-/:’']/);
    for (const part of parts) if (isMeaningful(part)) terms.push(stem(part));
    if (parts.length > 1 && parts.some(isMeaningful)) terms.push(parts.map(stem).join("-"));
  }
  return terms;
}

function isMeaningful(word: string): boolean {
  return !stopWords.has(word) && (word.length > 1 || /\p{N}/u.test(word));
}

/** Light stemming of English: enough that `releases`, `released` and `releasing` meet, no attempt at grammar. */
function stem(word: string): string {
  if (word.length < 4 || /\p{N}/u.test(word)) return word;
  const ending = endings.find(([suffix, least]) => word.endsWith(suffix) && word.length >= least);
  const bare = ending ? word.slice(0, word.length - ending[0].length) + ending[2] : word;
  const undoubled = ending && /([bdgmnprt])\1$/.test(bare) ? bare.slice(0, -1) : bare;
  return undoubled.length > 3 ? undoubled.replace(/e$/, "").replace(/y$/, "i") : undoubled;
}

/** Suffix, least word length, what stands in its place; the first that fits wins. */
const endings: readonly (readonly [string, number, string])[] = [
  ["ations", 9, "at"],
  ["ation", 8, "at"],
  ["ments", 9, ""],
  ["ment", 8, ""],
  ["iness", 8, "y"],
  ["ness", 8, ""],
  ["ities", 8, "iti"],
  ["ies", 5, "y"],
  ["sses", 6, "ss"],
  ["ings", 7, ""],
  ["ing", 6, ""],
  ["edly", 7, ""],
  ["ied", 5, "y"],
  ["ed", 5, ""],
  ["ly", 6, ""],
  ["ers", 6, "er"],
  ["ss", 4, "ss"],
  ["us", 4, "us"],
  ["es", 5, "e"],
  ["s", 4, ""],
];
