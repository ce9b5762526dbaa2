import { z } from "zod";

/** `GET /api/golden-paths` → `{items}` */
export const goldenPathSummary = z.strictObject({
  ref: z.string(),
  name: z.string(),
  title: z.string(),
  description: z.string(),
  type: z.string(),
  owner: z.string().nullable(),
  version: z.string(),
  tags: z.array(z.string()),
  /** What a person would say they need; the gallery's heading. */
  need: z.string(),
  runs: z.strictObject({ total: z.int(), succeeded: z.int(), failed: z.int() }),
});
export type GoldenPathSummary = z.infer<typeof goldenPathSummary>;

/** `GET /api/golden-paths/{name}`: form pages as JSON Schema with inline `ui:*` split off, as Backstage's
 *  parameter-schema does. */
export const goldenPathForm = goldenPathSummary.extend({
  pages: z.array(
    z.strictObject({
      title: z.string(),
      description: z.string().optional(),
      schema: z.record(z.string(), z.json()),
      uiSchema: z.record(z.string(), z.json()),
    }),
  ),
  steps: z.array(z.strictObject({ id: z.string(), name: z.string(), action: z.string() })),
});
export type GoldenPathForm = z.infer<typeof goldenPathForm>;

/** `POST /api/golden-paths/{name}/plan` → 201 RunView in state `previewed`. Wrong values: 400 with one issue a field
 *  (`path` = the field's name). */
export const planFromGoldenPath = z.strictObject({
  parameters: z.record(z.string(), z.json()),
  /** Ask for the preview only: nothing is kept, `id` of the answer is empty. For the form's live preview. */
  dryRun: z.boolean().default(false),
});
