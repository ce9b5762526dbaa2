import { z } from "zod";
import { entityRef } from "./entity-ref.ts";

const owner = entityRef;

/** Money in a file is a decimal text of US dollars; integers of micro-USD after parsing would read badly there. */
const usdText = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, 'write dollars as a text such as "12.50"');

export const providerSpec = z.strictObject({
  owner,
  /** `openai` = any server that speaks the OpenAI dialect. */
  driver: z.enum(["local", "openai"]),
  baseUrl: z.url().optional(),
  /** Where the gateway finds the provider's key: the name of an environment variable of the gateway process. */
  credential: z.strictObject({ env: z.string().regex(/^[A-Z][A-Z0-9_]*$/) }).optional(),
});

export const modelSpec = z.strictObject({
  owner,
  provider: entityRef,
  /** The provider's own name of it. */
  modelId: z.string().min(1),
  purpose: z.enum(["chat", "embedding"]),
  contextTokens: z.int().positive(),
  maxOutputTokens: z.int().positive(),
  dimensions: z.int().positive().optional(),
  price: z
    .strictObject({
      inputUsdPerMillion: usdText,
      outputUsdPerMillion: usdText,
      since: z.iso.date(),
      notional: z.boolean().default(false),
    })
    .optional(),
});

export const routeSpec = z.strictObject({
  owner,
  purpose: z.enum(["chat", "embedding"]),
  /** Tried in this order. */
  targets: z.array(z.strictObject({ model: entityRef })).min(1),
});

export const promptSpec = z.strictObject({
  owner,
  system: z.string(),
  /** Text with `{{variable}}`. */
  template: z.string(),
  variables: z.array(z.string()),
  route: entityRef.optional(),
  retrieval: z.strictObject({ topK: z.int().min(1).max(50) }).optional(),
});

export const budgetSpec = z.strictObject({
  owner,
  /** Whose calls it pays: a service, an agent, a person, a group. */
  subject: entityRef,
  capUsd: usdText,
  window: z.enum(["day", "month"]),
});

export const vectorStoreSpec = z.strictObject({
  owner,
  embeddingRoute: entityRef,
  dimensions: z.int().positive(),
});

/** Our kinds (`causeway.dev/v1alpha1`) and the shape of their `spec`. */
export const ourKinds = {
  Provider: providerSpec,
  Model: modelSpec,
  Route: routeSpec,
  Prompt: promptSpec,
  Budget: budgetSpec,
  VectorStore: vectorStoreSpec,
} as const;
export type OurKind = keyof typeof ourKinds;
export type ProviderSpec = z.infer<typeof providerSpec>;
export type ModelSpec = z.infer<typeof modelSpec>;
export type RouteSpec = z.infer<typeof routeSpec>;
export type PromptSpec = z.infer<typeof promptSpec>;
export type BudgetSpec = z.infer<typeof budgetSpec>;
export type VectorStoreSpec = z.infer<typeof vectorStoreSpec>;
