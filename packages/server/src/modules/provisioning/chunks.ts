import { findTitle, outline, type Unit } from "./outline.ts";

/** A passage of a document. `text` is word for word the slice of the document at these offsets (V1), so that a quote of
 *  it is a quote of the document. */
export type Chunk = {
  readonly text: string;
  /** UTF-16 code units, as JavaScript counts. */
  readonly charStart: number;
  readonly charEnd: number;
  /** UTF-8 bytes, as the file on disk counts. */
  readonly byteStart: number;
  readonly byteEnd: number;
  /** The headings that it stands under, outermost first, without the document's title. */
  readonly headings: readonly string[];
};
export type ChunkedDocument = { readonly title: string; readonly chunks: readonly Chunk[] };

/** Small enough that four passages fit any model's attention, large enough that a sentence keeps its neighbours. */
const leastTokens = 120;
const mostTokens = 220;

/** Four characters a token: close for English, cautious for code. Only sizes depend on it, never money. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** Cuts a document at sentences into passages of about 120 to 220 tokens. A heading begins a new passage once the one
 *  before is large enough, and a passage never ends with a heading. */
export function chunkDocument(text: string, fileName: string): ChunkedDocument {
  const units = outline(text);
  const title = findTitle(units) ?? fileName.replace(/\.[^.]*$/, "");
  const groups = packUnits(units.flatMap((unit) => cutLongUnit(text, unit)));
  let byteAt = 0;
  let charAt = 0;
  const bytesUpTo = (end: number) => {
    byteAt += encoder.encode(text.slice(charAt, end)).length;
    charAt = end;
    return byteAt;
  };
  const chunks = groups.flatMap((group): Chunk[] => {
    const [charStart, charEnd] = trimmedRange(text, group);
    if (charStart === charEnd) return [];
    const body = group.find(({ kind }) => kind === "text") ?? group[0];
    return [
      {
        text: text.slice(charStart, charEnd),
        charStart,
        charEnd,
        byteStart: bytesUpTo(charStart),
        byteEnd: bytesUpTo(charEnd),
        headings: withoutTitle(body?.headings ?? [], title),
      },
    ];
  });
  return { title, chunks };
}

const encoder = new TextEncoder();

/** What a chunk is found by: title and headings, then its text. What is stored and quoted is the text alone. */
export function searchTextOf(title: string, chunk: Pick<Chunk, "headings" | "text">): string {
  return [[title, ...chunk.headings].join(" > "), chunk.text].join("\n");
}

function packUnits(units: readonly Unit[]): Unit[][] {
  const groups: Unit[][] = [];
  let group: Unit[] = [];
  let tokens = 0;
  const flush = () => {
    const next = takeTrailingHeadings(group);
    if (group.length > 0) groups.push(group);
    group = next;
    tokens = next.reduce((sum, unit) => sum + sizeOf(unit), 0);
  };
  for (const unit of units) {
    const size = sizeOf(unit);
    const isFull = tokens + size > mostTokens;
    const isSection = unit.kind === "heading" && tokens >= leastTokens;
    if (group.some(({ kind }) => kind === "text") && (isFull || isSection)) flush();
    group.push(unit);
    tokens += size;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** Removes the headings at the end of a group: they belong to what follows. */
function takeTrailingHeadings(group: Unit[]): Unit[] {
  const lastText = group.findLastIndex(({ kind }) => kind === "text");
  return group.splice(lastText + 1);
}

function sizeOf(unit: Unit): number {
  return Math.ceil((unit.end - unit.start) / 4);
}

/** A unit beyond the size of a chunk (a minified line, a text without marks) is cut at blanks, else anywhere but inside
 *  a surrogate pair. */
function cutLongUnit(text: string, unit: Unit): Unit[] {
  const pieces: Unit[] = [];
  let { start } = unit;
  while (unit.end - start > mostTokens * 4) {
    const limit = start + mostTokens * 4;
    const blank = text.lastIndexOf(" ", limit);
    let cut = blank > start ? blank : limit;
    if (cut === limit && isLowSurrogate(text.charCodeAt(cut))) cut -= 1;
    pieces.push({ ...unit, start, end: cut });
    start = cut;
  }
  pieces.push({ ...unit, start });
  return pieces;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

function trimmedRange(text: string, group: readonly Unit[]): [number, number] {
  const start = group[0]?.start ?? 0;
  const end = group.at(-1)?.end ?? start;
  const slice = text.slice(start, end);
  const from = start + (slice.length - slice.trimStart().length);
  return [from, Math.max(from, start + slice.trimEnd().length)];
}

function withoutTitle(headings: readonly string[], title: string): string[] {
  return headings[0] === title ? headings.slice(1) : [...headings];
}
