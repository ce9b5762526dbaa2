import {
  InvalidError,
  promptSpec,
  type Entity,
  type Issue,
  type PromptContent,
} from "@causeway/contract";
import { findTemplateIssues } from "./template.ts";

export const defaultLabel = "production";

/** What a Prompt entity says that makes its version. Throws InvalidError `invalid_prompt`, with places in `file` where
 *  the entity came from one. */
export function toContent(entity: Entity, file?: string): PromptContent {
  const parsed = promptSpec.safeParse(entity.spec);
  if (!parsed.success) {
    throw invalidPrompt(
      parsed.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message })),
      file,
    );
  }
  const { system, template, variables, route, retrieval } = parsed.data;
  const issues = findTemplateIssues(template, variables);
  if (issues.length > 0) throw invalidPrompt(issues, file);
  return { system, template, variables, route: route ?? null, retrieval: retrieval ?? null };
}

function invalidPrompt(found: readonly Issue[], file?: string): InvalidError {
  const issues = found.map(({ path, message }) => ({
    path: file === undefined ? path : `${file}: ${path}`,
    message,
  }));
  return new InvalidError({
    code: "invalid_prompt",
    message: `The prompt is not valid: ${issues.map((i) => `${i.path} ${i.message}`).join("; ")}`,
    fix: "Mend the named places; nothing was changed.",
    issues,
  });
}

/** The one Prompt entity of a file. */
export function promptOf(entities: readonly Entity[], file: string): Entity {
  const prompts = entities.filter((entity) => entity.kind === "Prompt");
  const [only, ...more] = prompts;
  if (only && more.length === 0) return only;
  const message = only ? `holds ${prompts.length} Prompt entities` : "holds no Prompt entity";
  throw invalidPrompt([{ path: file, message: `${message}; publish exactly one` }]);
}
