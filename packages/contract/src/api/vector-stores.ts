import { z } from "zod";

/** `POST /v1/vector_stores/{id}/search` (OpenAI's shape; `usage` and `path` are ours). `id` = the entity's name. */
export const vectorSearch = z.looseObject({
  query: z.string().min(1).max(20_000),
  max_num_results: z.int().min(1).max(50).default(10),
});
export const vectorSearchResult = z.strictObject({
  object: z.literal("vector_store.search_results.page"),
  search_query: z.string(),
  data: z.array(
    z.strictObject({
      file_id: z.string(),
      filename: z.string(),
      score: z.number(),
      attributes: z.strictObject({ path: z.string(), title: z.string() }),
      /** Word for word a slice of the file. */
      content: z.array(z.strictObject({ type: z.literal("text"), text: z.string() })),
    }),
  ),
  has_more: z.boolean(),
  next_page: z.string().nullable(),
  usage: z.strictObject({
    inputTokens: z.int(),
    costMicroUsd: z.int().nullable(),
    notional: z.boolean(),
  }),
});
export type VectorSearchResult = z.infer<typeof vectorSearchResult>;
