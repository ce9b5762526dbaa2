import { z } from "zod";

/** What a version is made of; its hash is SHA-256 over the canonical JSON of exactly this. */
export const promptContent = z.strictObject({
  system: z.string(),
  template: z.string(),
  variables: z.array(z.string()),
  route: z.string().nullable(),
  retrieval: z.strictObject({ topK: z.int().positive() }).nullable(),
});
export type PromptContent = z.infer<typeof promptContent>;

export const promptVersionView = z.strictObject({
  version: z.int().positive(),
  hash: z.string(),
  content: promptContent,
  labels: z.array(z.string()),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  runId: z.string().nullable(),
});
export type PromptVersionView = z.infer<typeof promptVersionView>;

/** `GET /api/prompts` → `{items}` */
export const promptSummary = z.strictObject({
  ref: z.string(),
  name: z.string(),
  versions: z.int(),
  /** The version that the gateway serves; null = none. */
  published: z.int().positive().nullable(),
  hash: z.string().nullable(),
});
export type PromptSummary = z.infer<typeof promptSummary>;

/** `GET /api/prompts/{name}`: versions newest first. */
export const promptDetail = promptSummary.extend({ items: z.array(promptVersionView) });
export type PromptDetail = z.infer<typeof promptDetail>;
