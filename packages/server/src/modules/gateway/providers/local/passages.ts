export type Passage = {
  /** As the caller numbered it; what a citation names. */
  readonly number: number;
  readonly title: string;
  readonly text: string;
};
export type Task = { readonly question: string; readonly passages: readonly Passage[] };
export type ChatTurn = { readonly role: string; readonly text: string };

/** Finds the question and the passages in a conversation. Passages are blocks that begin with `[n] title (path)` on a line
 *  of their own; the question follows `Question:`, or is the last message. Without numbered blocks, everything said
 *  before the question is passage 1. */
export function readTask(turns: readonly ChatTurn[]): Task {
  const spoken = turns.filter((turn) => turn.role !== "system" && turn.role !== "developer");
  const last = spoken.at(-1)?.text ?? "";
  const marker = last.lastIndexOf("Question:");
  const question = (marker === -1 ? last : last.slice(marker + "Question:".length)).trim();
  const earlier = spoken.slice(0, -1).map((turn) => turn.text);
  const context = [...earlier, marker === -1 ? "" : last.slice(0, marker)]
    .join("\n\n")
    .replace(/^\s*(Passages|Context):\s*/i, "");
  return { question, passages: readPassages(context) };
}

function readPassages(context: string): Passage[] {
  const heads = [...context.matchAll(/^\[(\d{1,3})\][ \t]*(.*)$/gm)];
  if (heads.length === 0) {
    return context.trim() === "" ? [] : [{ number: 1, title: "", text: context }];
  }
  return heads.map((head, index) => ({
    number: Number(head[1]),
    title: head[2] ?? "",
    text: context.slice(head.index + head[0].length, heads[index + 1]?.index).trim(),
  }));
}
