import type { ChatStream, Gateway, Usage } from "./gateway.ts";
import { toMessages } from "./prompt.ts";
import { findSources, type Source } from "./quotes.ts";
import type { Settings } from "./settings.ts";
import type { Trace } from "./trace.ts";

export type Answer = {
  readonly answer: string;
  readonly found: boolean;
  readonly sources: readonly Source[];
  readonly usage: Usage;
  /** Milliseconds from the model call to its first word. */
  readonly ttftMs: number | null;
  readonly traceId: string;
};

export type AskDeps = {
  readonly gateway: Gateway;
  readonly settings: Pick<Settings, "prompt" | "vectorStore">;
  /** Milliseconds from any start; only differences count. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
};

export const nothingFound = "I found nothing about this in the documents.";

/** Search, ask the model, keep what can be proven. An answer without a verified quote is not given: it would be the
 *  model's word, not the documents'. */
export async function ask(question: string, trace: Trace, deps: AskDeps): Promise<Answer> {
  const { gateway, settings } = deps;
  const prompt = await gateway.readPrompt(settings.prompt, trace);
  const search = { store: settings.vectorStore, question, topK: prompt.topK };
  const { passages, usage: searchUsage } = await gateway.search(search, trace);
  const { traceId } = trace;
  if (passages.length === 0) {
    const nothing = { answer: nothingFound, found: false, sources: [], ttftMs: null };
    return { ...nothing, usage: searchUsage, traceId };
  }
  const messages = toMessages(prompt, question, passages);
  const startedAt = deps.now();
  const stream = await gateway.streamChat({ model: prompt.model, messages }, trace);
  const { text, ttftMs } = await readAll(stream, { startedAt, now: deps.now });
  const sources = findSources(text, passages);
  const found = sources.length > 0;
  const usage = addUsage(searchUsage, await settledUsage(stream, trace, deps));
  return { answer: found ? text : nothingFound, found, sources, usage, ttftMs, traceId };
}

async function readAll(
  stream: ChatStream,
  timing: { readonly startedAt: number; readonly now: () => number },
): Promise<{ text: string; ttftMs: number | null }> {
  let text = "";
  let ttftMs: number | null = null;
  for await (const part of stream.text) {
    ttftMs ??= Math.round((timing.now() - timing.startedAt) * 10) / 10;
    text += part;
  }
  return { text: text.trim(), ttftMs };
}

const unknownUsage: Usage = { inputTokens: 0, outputTokens: 0, costMicroUsd: null, notional: false };

/** The gateway settles a stream a moment after its last byte. */
async function settledUsage(stream: ChatStream, trace: Trace, deps: AskDeps): Promise<Usage> {
  if (stream.requestId === null) return unknownUsage;
  for (const pause of [0, 5, 20, 50, 100, 200, 400, 800]) {
    if (pause > 0) await deps.wait(pause);
    // The answer is there and paid for; not learning its price must not lose it.
    const usage = await deps.gateway.findUsage(stream.requestId, trace).catch(() => undefined);
    if (usage) return usage;
  }
  return unknownUsage;
}

/** Unknown stays unknown: a sum with an unknown part would look like a price. Real money is never added to notional:
 *  where one call of the two is real, its cost is told and the ledger knows the other. */
export function addUsage(a: Usage, b: Usage): Usage {
  const notional = a.notional && b.notional;
  const costs = [a, b].map((usage) => (usage.notional === notional ? usage.costMicroUsd : 0));
  const isKnown = a.costMicroUsd !== null && b.costMicroUsd !== null;
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    costMicroUsd: isKnown ? costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0) : null,
    notional,
  };
}
