import { InvalidError } from "@causeway/contract";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** What a first start does with the example organisation; the file is the only place that knows it. */
const firstJob = z.strictObject({
  goldenPath: z.string(),
  parameters: z.looseObject({ name: z.string(), owner: z.string() }).catchall(z.json()),
  question: z.string(),
  /** A virtual key to try the gateway with. */
  key: z.strictObject({
    name: z.string(),
    principal: z.string(),
    owner: z.string(),
    budget: z.string(),
    vectorStores: z.array(z.string()),
  }),
});
export type FirstJob = z.infer<typeof firstJob>;

export type Example = {
  readonly job: FirstJob;
  /** Catalog files to apply, in this order: later ones may name entities of earlier ones. */
  readonly files: readonly string[];
};

export function readExample(repositoryRoot: string): Example {
  const folder = join(repositoryRoot, "examples", "acme");
  const jobFile = join(folder, "first-job.yaml");
  const parsed = firstJob.safeParse(parse(readFileSync(jobFile, "utf8")));
  if (!parsed.success) {
    throw new InvalidError({
      code: "invalid_example",
      message: `${jobFile} is not a first job`,
      issues: parsed.error.issues.map((issue) => ({
        path: issue.path.join("."),
        message: issue.message,
      })),
      fix: "Mend the file, or start without the example: --empty.",
    });
  }
  return { job: parsed.data, files: [...catalogFiles(folder), ...templateFiles(repositoryRoot)] };
}

function catalogFiles(example: string): string[] {
  const folder = join(example, "catalog");
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .toSorted()
    .map((name) => join(folder, name));
}

function templateFiles(repositoryRoot: string): string[] {
  const folder = join(repositoryRoot, "golden-paths");
  return readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name, "template.yaml"))
    .filter((file) => existsSync(file));
}
