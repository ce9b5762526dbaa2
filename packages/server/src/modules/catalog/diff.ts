/** Unified diff of two texts with three lines of context; empty when they are equal. Meant for entities: quadratic. */
export function unifiedDiff(before: string, after: string): string {
  if (before === after) return "";
  const edits = editsBetween(toLines(before), toLines(after));
  return hunksOf(edits).map(formatHunk).join("");
}

type Edit = { readonly sign: " " | "-" | "+"; readonly line: string };
type Hunk = {
  readonly edits: readonly Edit[];
  readonly beforeStart: number;
  readonly afterStart: number;
};

const context = 3;

function toLines(text: string): string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** Longest common subsequence; a removed line comes before the one that replaces it. */
function editsBetween(before: readonly string[], after: readonly string[]): Edit[] {
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const edits: Edit[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const old = before[i];
    const now = after[j];
    if (old !== undefined && old === now) {
      edits.push({ sign: " ", line: old });
      i += 1;
      j += 1;
    } else if (old !== undefined && (now === undefined || at(i + 1, j) >= at(i, j + 1))) {
      edits.push({ sign: "-", line: old });
      i += 1;
    } else {
      edits.push({ sign: "+", line: now ?? "" });
      j += 1;
    }
  }
  return edits;
}

function hunksOf(edits: readonly Edit[]): Hunk[] {
  const shown = edits.map((_, index) =>
    edits
      .slice(Math.max(0, index - context), index + context + 1)
      .some((edit) => edit.sign !== " "),
  );
  const hunks: { edits: Edit[]; beforeStart: number; afterStart: number }[] = [];
  let beforeLine = 1;
  let afterLine = 1;
  edits.forEach((edit, index) => {
    if (shown[index]) {
      if (!shown[index - 1])
        hunks.push({ edits: [], beforeStart: beforeLine, afterStart: afterLine });
      hunks.at(-1)?.edits.push(edit);
    }
    if (edit.sign !== "+") beforeLine += 1;
    if (edit.sign !== "-") afterLine += 1;
  });
  return hunks;
}

function formatHunk(hunk: Hunk): string {
  const count = (sign: "-" | "+"): number =>
    hunk.edits.filter((edit) => edit.sign === " " || edit.sign === sign).length;
  // A side without lines is numbered by the line before it, as diff(1) does.
  const range = (start: number, lines: number): string =>
    `${lines === 0 ? start - 1 : start},${lines}`;
  const head = `@@ -${range(hunk.beforeStart, count("-"))} +${range(hunk.afterStart, count("+"))} @@\n`;
  return head + hunk.edits.map((edit) => `${edit.sign}${edit.line}\n`).join("");
}
