/** Counts tokens of OpenAI's `cl100k_base`. One encoding for everything: it costs 37 MB once loaded (Node 26,
 *  2026-10), so it is loaded when the first local model or the first estimate needs it. */
export type Tokenizer = {
  count(text: string): number;
  /** The text cut at token borders; joined again it is the same text. */
  split(text: string): string[];
  decode(tokens: readonly number[]): string;
};

let loading: Promise<Tokenizer> | undefined; // a cache of immutable tables, no state of ours

export function loadTokenizer(): Promise<Tokenizer> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Tokenizer> {
  const encoding = await import("gpt-tokenizer/encoding/cl100k_base");
  // What looks like a special token is a caller's text, never an instruction to the tokenizer.
  const asText = { disallowedSpecial: new Set<string>() };
  return {
    count: (text) =>
      cutRuns(text).reduce((sum, piece) => sum + encoding.countTokens(piece, asText), 0),
    split: (text) =>
      cutRuns(text).flatMap((piece) => [
        ...encoding.decodeGenerator(encoding.encode(piece, asText)),
      ]),
    decode: (tokens) => encoding.decode(tokens),
  };
}

const longestRun = 256;

/** Byte pair merging is quadratic in an unbroken run: 100,000 letters held the process for 4.5 s. Cut into pieces the same
 *  text takes milliseconds and counts a few tokens more, never fewer in any way that matters to a bound. */
function cutRuns(text: string): string[] {
  if (text.length <= longestRun || !/\S{256}|\s{256}/.test(text)) return [text];
  return text.match(/\S{1,256}\s{0,256}|\s{1,256}/gsu) ?? [text];
}
