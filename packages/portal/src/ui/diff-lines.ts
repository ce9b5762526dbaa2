export type DiffLine = {
  readonly kind: "added" | "removed" | "same" | "place";
  readonly text: string;
  readonly before: number | null;
  readonly after: number | null;
};

export function isUnifiedDiff(text: string): boolean {
  return /^(--- |@@ -\d)/m.test(text) && /^@@ -\d+/m.test(text);
}

/** A unified diff as numbered lines; file headers are left out, the page names the file. */
export function parseDiff(text: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let before = 0;
  let after = 0;
  for (const raw of text.replace(/\n$/, "").split("\n")) {
    const place = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(raw);
    if (place) {
      before = Number(place[1]);
      after = Number(place[2]);
      lines.push({ kind: "place", text: raw, before: null, after: null });
    } else if (/^(---|\+\+\+|diff |index |new file|deleted file|\\ )/.test(raw)) {
      continue;
    } else if (raw.startsWith("+")) {
      lines.push({ kind: "added", text: raw.slice(1), before: null, after: after++ });
    } else if (raw.startsWith("-")) {
      lines.push({ kind: "removed", text: raw.slice(1), before: before++, after: null });
    } else {
      lines.push({ kind: "same", text: raw.slice(1), before: before++, after: after++ });
    }
  }
  return lines;
}
