/** A quotable piece of a passage: `text` is a slice of it, character for character. */
export type Sentence = { readonly text: string; readonly heading: string };

/** Cuts Markdown into what can be quoted: sentences of paragraphs, list items, table rows, lines of code. Headings and the
 *  head of a table say nothing by themselves and are not quoted; they are kept beside what stands under them, where their
 *  words help to find it. */
export function listSentences(passage: string): Sentence[] {
  const found: Sentence[] = [];
  let heading = "";
  let columns = "";
  const blocks = listBlocks(passage);
  for (const [index, block] of blocks.entries()) {
    const head = /^#{1,6}\s+(.*)$/.exec(block);
    if (!block.startsWith("|")) columns = "";
    if (head) heading = head[1] ?? "";
    else if (isDelimiter(block)) continue;
    else if (isDelimiter(blocks[index + 1])) columns = block;
    else
      for (const text of cutSentences(block)) found.push({ text, heading: join(heading, columns) });
  }
  return found;
}

/** The line between a table's head and its rows. */
function isDelimiter(block: string | undefined): boolean {
  return block !== undefined && /^\|[\s|:-]*-[\s|:-]*$/.test(block);
}

function join(heading: string, columns: string): string {
  return columns === "" ? heading : `${heading} ${columns}`;
}

/** Slices that no sentence crosses. */
function listBlocks(text: string): string[] {
  const blocks: string[] = [];
  let paragraphStart = -1;
  let at = 0;
  const flush = (end: number): void => {
    if (paragraphStart !== -1) blocks.push(text.slice(paragraphStart, end).trim());
    paragraphStart = -1;
  };
  for (const line of text.split("\n")) {
    const marker = /^\s*(?:[-*+]\s+|\d{1,3}[.)]\s+|>\s?)/.exec(line)?.[0].length ?? 0;
    const isAlone = /^\s*(?:#{1,6}\s|\||```|~~~|(?:[-*_]\s*){3,}$)/.test(line);
    if (line.trim() === "" || isAlone || marker > 0) flush(at);
    if (isAlone && isTelling(line)) blocks.push(line.trim());
    else if (line.trim() !== "" && !isAlone && paragraphStart === -1) paragraphStart = at + marker;
    at += line.length + 1;
  }
  flush(text.length);
  return blocks.filter(isTelling);
}

/** Has a word or a number, or is the line that makes the row above it the head of a table. */
function isTelling(block: string): boolean {
  return /[\p{L}\p{N}]/u.test(block) || isDelimiter(block.trim());
}

const abbreviations =
  /(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|Dr|Mr|Mrs|Ms|Prof|St|No|Nr|Fig|Inc|Ltd|Jr)|\b[A-Z])\.$/;

function cutSentences(block: string): string[] {
  if (block.startsWith("|")) return [block];
  const sentences: string[] = [];
  let start = 0;
  for (const end of block.matchAll(/[.!?]["”’)*_]*(?=\s+["“‘(*_[]*[\p{Lu}\p{N}])/gu)) {
    const stop = end.index + end[0].length;
    if (abbreviations.test(block.slice(start, stop))) continue;
    sentences.push(block.slice(start, stop).trim());
    start = stop;
  }
  sentences.push(block.slice(start).trim());
  return sentences.filter((sentence) => sentence !== "");
}
