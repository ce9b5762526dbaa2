/** The words of a text as the lexical side of retrieval compares them: lower case, without accents, plural s and the
 *  words that every English text is full of. Other languages keep all their words. */
export function listTerms(text: string): string[] {
  const words = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(word) ?? [];
  const telling = words.filter((found) => !stopWords.has(found));
  return (telling.length > 0 ? telling : words).map(stem);
}

const word = /[\p{L}\p{N}]+/gu;

const stopWords = new Set(
  (
    "a about am an and any are as at be been but by can could did do does for from had has have he her his how i if in is " +
    "it its may me must my no not of on or our she should so some than that the their them then there these they this " +
    "those to was we were what when where which who whom why will with would you your"
  ).split(" "),
);

/** Harman's "S stemmer": enough to bring `claims` to `claim`, too little to do harm. */
function stem(term: string): string {
  if (term.length < 4 || !term.endsWith("s")) return term;
  if (/[^aeiou]ies$/.test(term) && !/[ae]ies$/.test(term)) return `${term.slice(0, -3)}y`;
  if (/(?:us|ss)$/.test(term)) return term;
  if (/(?:ches|shes|xes|sses|zes)$/.test(term)) return term.slice(0, -2);
  return term.slice(0, -1);
}
