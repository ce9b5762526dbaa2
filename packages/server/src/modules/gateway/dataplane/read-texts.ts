import type { ChatTurn } from "../providers/local/passages.ts";

/** The texts of a chat, leniently: for counting only, whoever answers the call checks its shape. */
export function listTurns(parsed: Readonly<Record<string, unknown>>): ChatTurn[] {
  const messages = parsed["messages"];
  const turns = Array.isArray(messages) ? messages.map(toTurn) : [];
  // Tools are part of what a model reads.
  const tools = parsed["tools"];
  return tools ? [...turns, { role: "tools", text: JSON.stringify(tools) }] : turns;
}

function toTurn(message: unknown): ChatTurn {
  if (typeof message !== "object" || message === null) return { role: "", text: "" };
  const role = "role" in message ? String(message.role) : "";
  const content = "content" in message ? message.content : "";
  if (typeof content === "string") return { role, text: content };
  const parts = Array.isArray(content) ? content : [];
  const texts = parts.map((part: unknown) =>
    typeof part === "object" && part !== null && "text" in part ? String(part.text) : "",
  );
  return { role, text: texts.join("\n") };
}

/** The inputs of an embeddings call: texts, and how many tokens came as numbers. */
export function listTexts(parsed: Readonly<Record<string, unknown>>): {
  readonly texts: readonly string[];
  readonly tokens: number;
} {
  const input: unknown = parsed["input"];
  const flat: readonly unknown[] = Array.isArray(input) ? input.flat() : [input];
  return {
    texts: flat.filter((item) => typeof item === "string"),
    tokens: flat.filter((item) => typeof item === "number").length,
  };
}
