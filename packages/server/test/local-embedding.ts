/** The gateway's embedding call without a gateway: the same offline model, in process. */
import { embedText } from "../src/modules/gateway/providers/local/hash-embedding.ts";
import type { EmbedCommand, EmbeddingPort } from "#modules/provisioning";

export const embeddingDimensions = 256;

export type LocalEmbedding = EmbeddingPort & { readonly calls: EmbedCommand[] };

export function localEmbedding(): LocalEmbedding {
  const calls: EmbedCommand[] = [];
  return {
    calls,
    findKeyOf: async (principal) =>
      principal === "component:default/handbook" ? "key_handbook" : undefined,
    awaitApplied: async () => {},
    embed: async (command) => {
      calls.push(command);
      return {
        vectors: command.texts.map(embedText),
        inputTokens: command.texts.join(" ").split(" ").length,
        costMicroUsd: 3,
        notional: true,
      };
    },
  };
}
