/** A piece of a document that no chunk cuts: a heading, a sentence, a list item, a table row, a line of code. Offsets are
 *  UTF-16 code units of the document's text. */
export type Unit = {
  readonly kind: "heading" | "text";
  readonly start: number;
  readonly end: number;
  /** Titles of the headings above, outermost first; of a heading, its own included. */
  readonly headings: readonly string[];
};

type Line = { readonly start: number; readonly end: number; readonly text: string };
type Heading = { readonly level: number; readonly title: string };

/** Cuts Markdown, or any text, into units. Together they cover everything that is not blank, but for front matter. */
export function outline(text: string): Unit[] {
  const lines = splitLines(text);
  const units: Unit[] = [];
  let stack: Heading[] = [];
  let paragraph: Line[] = [];
  let fence: string | undefined;
  const path = () => stack.map(({ title }) => title);
  const flush = () => {
    units.push(...toSentences(text, paragraph, path()));
    paragraph = [];
  };
  for (const line of lines.slice(countFrontMatter(lines))) {
    const heading = fence === undefined ? readHeading(line, paragraph) : undefined;
    if (heading) {
      const start = heading.underlined ? (paragraph[0]?.start ?? line.start) : line.start;
      if (heading.underlined) paragraph = [];
      flush();
      stack = [...stack.filter(({ level }) => level < heading.level), heading];
      units.push({ kind: "heading", start, end: line.end, headings: path() });
      continue;
    }
    const mark = fenceMark(line);
    const role = fence !== undefined || mark !== undefined ? "alone" : roleOfLine(line);
    if (role !== "continues") flush();
    if (role === "alone") units.push(...toUnit(line, path()));
    else paragraph.push(line);
    fence = nextFence(fence, mark);
  }
  flush();
  return units;
}

function fenceMark(line: Line): string | undefined {
  return /^ {0,3}(```+|~~~+)/.exec(line.text)?.[1];
}

/** The fence that is open after a line with this mark; a fence is closed by one at least as long. */
function nextFence(open: string | undefined, mark: string | undefined): string | undefined {
  if (open === undefined) return mark;
  return mark?.startsWith(open) ? undefined : open;
}

function roleOfLine(line: Line): "alone" | "begins" | "continues" {
  if (line.text.trim() === "" || /^\s*\|/.test(line.text)) return "alone";
  return /^\s*(?:[-*+]|\d{1,3}[.)])\s/.test(line.text) ? "begins" : "continues";
}

/** The first heading's text; undefined without one. */
export function findTitle(units: readonly Unit[]): string | undefined {
  return units.find(({ kind }) => kind === "heading")?.headings.at(-1);
}

function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const part of text.split("\n")) {
    const end = start + part.length;
    lines.push({ start, end: part.endsWith("\r") ? end - 1 : end, text: part.replace(/\r$/, "") });
    start = end + 1;
  }
  return lines;
}

/** YAML between `---` lines at the very beginning says things about the document, not in it. */
function countFrontMatter(lines: readonly Line[]): number {
  if (lines[0]?.text !== "---") return 0;
  const end = lines.findIndex((line, index) => index > 0 && line.text === "---");
  return end === -1 ? 0 : end + 1;
}

type FoundHeading = Heading & { readonly underlined: boolean };

function readHeading(line: Line, paragraph: readonly Line[]): FoundHeading | undefined {
  const hashes = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/.exec(line.text);
  if (hashes) {
    const title = hashes[2] ?? "";
    return title === "" ? undefined : { level: hashes[1]?.length ?? 1, title, underlined: false };
  }
  const [only, ...more] = paragraph;
  if (!only || more.length > 0 || !/^ {0,3}(?:=+|-{2,})[ \t]*$/.test(line.text)) return undefined;
  return { level: line.text.includes("=") ? 1 : 2, title: only.text.trim(), underlined: true };
}

function toUnit(line: Line, headings: readonly string[]): Unit[] {
  if (line.text.trim() === "") return [];
  return [{ kind: "text", start: line.start, end: line.end, headings }];
}

// The same for every language that ends its sentences with marks; it only decides where a chunk may begin.
const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

function toSentences(text: string, lines: readonly Line[], headings: readonly string[]): Unit[] {
  const first = lines[0];
  const last = lines.at(-1);
  if (!first || !last) return [];
  // A line break ends a sentence for the segmenter, but not in a paragraph that is wrapped. Offsets stay the same.
  const paragraph = text.slice(first.start, last.end).replace(/[\r\n]/g, " ");
  return [...segmenter.segment(paragraph)]
    .map(({ segment, index }) => {
      const start = first.start + index;
      return { kind: "text" as const, start, end: start + segment.trimEnd().length, headings };
    })
    .filter(({ start, end }) => end > start);
}
