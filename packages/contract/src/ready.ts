import { z } from "zod";

export const serviceAnswer = z.strictObject({
  answer: z.string(),
  found: z.boolean(),
  sources: z.array(z.strictObject({ title: z.string(), path: z.string(), quote: z.string() })),
  usage: z.strictObject({
    inputTokens: z.int(),
    outputTokens: z.int(),
    costMicroUsd: z.int().nullable(),
    notional: z.boolean(),
  }),
  ttftMs: z.number().nullable(),
  traceId: z.string(),
});
export type ServiceAnswer = z.infer<typeof serviceAnswer>;

/** `$CAUSEWAY_HOME/ready.json`: written last at a start, removed on stop. */
export const readyFile = z.strictObject({
  portal: z.url(),
  api: z.url(),
  gateway: z.url(),
  mcp: z.url().nullable(),
  /** One-time link; new at each start. */
  signIn: z.url(),
  /** Bearer token that may administrate but not approve. */
  token: z.string(),
  /** A virtual key; null with `--empty`, as the three below. */
  key: z.string().nullable(),
  service: z.strictObject({ ref: z.string(), url: z.url() }).nullable(),
  run: z.string().nullable(),
  answer: z
    .strictObject({
      text: z.string(),
      found: z.boolean(),
      sources: serviceAnswer.shape.sources,
      usage: serviceAnswer.shape.usage,
      ttftMs: z.number().nullable(),
      traceId: z.string(),
    })
    .nullable(),
});
export type ReadyFile = z.infer<typeof readyFile>;
