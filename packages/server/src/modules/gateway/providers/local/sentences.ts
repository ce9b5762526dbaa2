/** A quotable piece of a passage: `text` is a slice of it, character for character. */
export type Sentence = { readonly text: string; readonly heading: string };

/** Cuts Markdown into what can be quoted: sentences of paragraphs, list items, table rows, lines of code. Headings are not
 *  quoted; they are kept beside what stands under them, where their words help to find it. */
export function listSentences(passage: string): Sentence[] {
  const found: Sentence[] = [];
  let heading = "";
  for (const block of listBlocks(passage)) {
    const head = /^#{1,6}\s+(.*)$/.exec(block);
    if (head) heading = head[1] ?? "";
    else for (const text of cutSentences(block)) found.push({ text, heading });
  }
  return found;
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
    if (isAlone && /[\p{L}\p{N}]/u.test(line)) blocks.push(line.trim());
    else if (line.trim() !== "" && !isAlone && paragraphStart === -1) paragraphStart = at + marker;
    at += line.length + 1;
  }
  flush(text.length);
  return blocks.filter((block) => /[\p{L}\p{N}]/u.test(block));
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
