import type { Message, Passage, Prompt } from "./gateway.ts";

/** The passages as the prompt expects them: numbered, so that the model can cite them as [n]. */
export function formatPassages(passages: readonly Passage[]): string {
  return passages
    .map((passage, index) => `[${index + 1}] ${passage.title} (${passage.path})\n${passage.text}`)
    .join("\n\n");
}

export function toMessages(
  prompt: Prompt,
  question: string,
  passages: readonly Passage[],
): Message[] {
  const values: Readonly<Record<string, string>> = {
    passages: formatPassages(passages),
    question,
  };
  // One pass: what stands inside a passage or the question is never taken for a variable.
  const content = prompt.template.replace(
    /\{\{\s*([A-Za-z_]+)\s*\}\}/g,
    (whole, name: string) => values[name] ?? whole,
  );
  return [
    { role: "system", content: prompt.system },
    { role: "user", content },
  ];
}
