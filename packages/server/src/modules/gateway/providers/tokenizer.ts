/** Counts tokens of OpenAI's `p50k_base`. One encoding for everything, the smallest that knows runs of spaces: loaded it
 *  costs 20 MB, `cl100k_base` 37, `o200k_base` 62 (Node 26, 2026-11). It is loaded when the first local model or the first
 *  estimate needs it. */
export type Tokenizer = {
  count(text: string): number;
  /** The text cut at token borders, but never inside a character; joined again it is the same text. */
  split(text: string): TokenPiece[];
  decode(tokens: readonly number[]): string;
};

/** Usually one token; a character that needs several comes whole. */
export type TokenPiece = { readonly text: string; readonly tokens: number };

let loading: Promise<Tokenizer> | undefined; // a cache of immutable tables, no state of ours

export function loadTokenizer(): Promise<Tokenizer> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Tokenizer> {
  const encoding = await import("gpt-tokenizer/encoding/p50k_base");
  // Its default of 100,000 remembered words would be tens of megabytes of a busy gateway.
  encoding.setMergeCacheSize(2_000);
  // What looks like a special token is a caller's text, never an instruction to the tokenizer.
  const asText = { disallowedSpecial: new Set<string>() };
  return {
    count: (text) =>
      cutRuns(text).reduce((sum, piece) => sum + encoding.countTokens(piece, asText), 0),
    split: (text) =>
      cutRuns(text).flatMap((run) => toPieces(encoding.encode(run, asText), encoding.decode)),
    decode: (tokens) => encoding.decode(tokens),
  };
}

function toPieces(
  tokens: readonly number[],
  decode: (tokens: readonly number[]) => string,
): TokenPiece[] {
  const pieces: TokenPiece[] = [];
  let pending: number[] = [];
  for (const [index, token] of tokens.entries()) {
    pending.push(token);
    const text = decode(pending);
    // Half a character decodes to the replacement mark; the rest of it is in the next token.
    if (text.endsWith("\uFFFD") && index < tokens.length - 1) continue;
    pieces.push({ text, tokens: pending.length });
    pending = [];
  }
  return pieces;
}

/** Byte pair merging is quadratic in an unbroken run: 100,000 letters held the process for seconds. Cut into pieces of 256
 *  characters such a run takes milliseconds and counts a few tokens more. */
function cutRuns(text: string): string[] {
  return text
    .split(/(\S{256,}|\s{256,})/u)
    .flatMap((part, index) => (index % 2 === 0 ? [part] : (part.match(/.{1,256}/gsu) ?? [])))
    .filter((part) => part !== "");
}
