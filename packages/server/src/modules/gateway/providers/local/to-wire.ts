import type { LocalAnswer } from "./respond.ts";

export type WireContext = { readonly id: string; readonly created: number; readonly model: string };
type Chat = Extract<LocalAnswer, { kind: "chat" }>;
type Embeddings = Extract<LocalAnswer, { kind: "embeddings" }>;

export function toChatCompletion(answer: Chat, context: WireContext): string {
  const message = { role: "assistant", content: answer.pieces.join(""), refusal: null };
  return JSON.stringify({
    id: context.id,
    object: "chat.completion",
    created: context.created,
    model: context.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: answer.finishReason }],
    usage: usageOf(answer),
  });
}

/** The frames of a stream: role, one a token, finish, usage where it was asked for, end. */
export function* toChatFrames(
  answer: Chat,
  context: WireContext,
  includeUsage: boolean,
): Generator<string> {
  const frame = (choices: readonly unknown[], usage: unknown = null): string => {
    const chunk = {
      id: context.id,
      object: "chat.completion.chunk",
      created: context.created,
      model: context.model,
      choices,
      ...(includeUsage ? { usage } : {}),
    };
    return `data: ${JSON.stringify(chunk)}\n\n`;
  };
  const choice = (delta: unknown, finish: string | null) => [
    { index: 0, delta, logprobs: null, finish_reason: finish },
  ];
  yield frame(choice({ role: "assistant", content: "" }, null));
  for (const piece of answer.pieces) yield frame(choice({ content: piece }, null));
  yield frame(choice({}, answer.finishReason));
  if (includeUsage) yield frame([], usageOf(answer));
  yield "data: [DONE]\n\n";
}

function usageOf({ inputTokens, outputTokens }: Chat) {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
}

export function toEmbeddingList(answer: Embeddings, model: string): string {
  return JSON.stringify({
    object: "list",
    data: answer.vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: answer.encoding === "base64" ? toBase64(vector) : [...vector],
    })),
    model,
    usage: { prompt_tokens: answer.inputTokens, total_tokens: answer.inputTokens },
  });
}

/** Little-endian 32-bit floats, as OpenAI's clients expect them. */
function toBase64(vector: Float32Array): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4));
  for (const [index, value] of vector.entries()) view.setFloat32(index * 4, value, true);
  return new Uint8Array(view.buffer).toBase64();
}

export function toErrorBody(message: string, param: string | null): string {
  return JSON.stringify({
    error: { message, type: "invalid_request_error", param, code: "unsupported_by_local_model" },
  });
}
