import { z } from "zod";
import type { TokenPiece, Tokenizer } from "../tokenizer.ts";
import { readDirectives } from "./directives.ts";
import { extractAnswer } from "./extract.ts";
import { embedText, hashDimensions } from "./hash-embedding.ts";
import { readTask, type ChatTurn } from "./passages.ts";

const extractModel = "extract-1";
const hashModel = "hash-256";

/** A whole answer before it is written: the transport decides how its bytes leave. */
export type LocalAnswer =
  | {
      readonly kind: "chat";
      readonly pieces: readonly string[];
      readonly finishReason: "stop" | "length";
      readonly inputTokens: number;
      readonly outputTokens: number;
    }
  | {
      readonly kind: "embeddings";
      readonly vectors: readonly Float32Array[];
      readonly encoding: "float" | "base64";
      readonly inputTokens: number;
    }
  | { readonly kind: "refusal"; readonly message: string; readonly param: string | null };

const textPart = z.looseObject({ type: z.literal("text"), text: z.string() });
const chatBody = z.looseObject({
  model: z.literal(extractModel, { error: `this provider's chat model is "${extractModel}"` }),
  messages: z
    .array(
      z.looseObject({
        role: z.string(),
        content: z
          .union([z.string(), z.array(textPart)], { error: "this model reads text only" })
          .nullish(),
      }),
    )
    .min(1),
  stream: z.boolean().nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  n: z.literal(1, { error: "this model gives one choice" }).nullish(),
});
export type LocalChatBody = z.infer<typeof chatBody>;

const embeddingsBody = z.looseObject({
  model: z.literal(hashModel, { error: `this provider's embedding model is "${hashModel}"` }),
  input: z.union([
    z.string(),
    z.array(z.string()).min(1).max(2048),
    z.array(z.int().nonnegative()).min(1),
    z.array(z.array(z.int().nonnegative()).min(1)).min(1).max(2048),
  ]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z
    .literal(hashDimensions, { error: `this model has ${hashDimensions} dimensions` })
    .nullish(),
});

export function answerChat(body: unknown, tokenizer: Tokenizer): LocalAnswer {
  const parsed = chatBody.safeParse(body);
  if (!parsed.success) return toRefusal(parsed.error);
  const turns = parsed.data.messages.map((message): ChatTurn => ({
    role: message.role,
    text: readContent(message.content),
  }));
  const system = turns.filter((turn) => turn.role === "system" || turn.role === "developer");
  const directives = readDirectives(system.map((turn) => turn.text).join("\n"));
  const whole = tokenizer.split(extractAnswer(readTask(turns), directives));
  const limit = parsed.data.max_completion_tokens ?? parsed.data.max_tokens ?? Infinity;
  const { pieces, outputTokens } = takeTokens(whole, limit);
  return {
    kind: "chat",
    pieces,
    finishReason: pieces.length < whole.length ? "length" : "stop",
    inputTokens: countTurns(turns, tokenizer),
    outputTokens,
  };
}

function takeTokens(whole: readonly TokenPiece[], limit: number) {
  const pieces: string[] = [];
  let outputTokens = 0;
  for (const { text, tokens } of whole) {
    if (outputTokens + tokens > limit) break;
    pieces.push(text);
    outputTokens += tokens;
  }
  return { pieces, outputTokens };
}

/** What OpenAI documents for its chat format: three tokens a message, its role and text, three to begin the answer. */
export function countTurns(turns: readonly ChatTurn[], tokenizer: Tokenizer): number {
  return turns.reduce(
    (sum, turn) => sum + 3 + tokenizer.count(turn.role) + tokenizer.count(turn.text),
    3,
  );
}

export function answerEmbeddings(body: unknown, tokenizer: Tokenizer): LocalAnswer {
  const parsed = embeddingsBody.safeParse(body);
  if (!parsed.success) return toRefusal(parsed.error);
  const texts = listTexts(parsed.data.input, tokenizer);
  return {
    kind: "embeddings",
    vectors: texts.map(embedText),
    encoding: parsed.data.encoding_format ?? "float",
    inputTokens: texts.reduce((sum, text) => sum + tokenizer.count(text), 0),
  };
}

type EmbeddingInput = z.infer<typeof embeddingsBody>["input"];

function listTexts(input: EmbeddingInput, tokenizer: Tokenizer): string[] {
  if (typeof input === "string") return [input];
  const numbers = input.filter((item) => typeof item === "number");
  if (numbers.length > 0) return [tokenizer.decode(numbers)];
  return input
    .filter((item) => typeof item !== "number")
    .map((item) => (typeof item === "string" ? item : tokenizer.decode(item)));
}

function readContent(content: LocalChatBody["messages"][number]["content"]): string {
  if (!content) return "";
  return typeof content === "string" ? content : content.map((part) => part.text).join("\n");
}

function toRefusal(error: z.ZodError): LocalAnswer {
  const issue = error.issues[0];
  const param = issue?.path.join(".") || null;
  return { kind: "refusal", message: `${param ?? "body"}: ${issue?.message ?? "invalid"}`, param };
}
