import { InvalidError } from "@causeway/contract";
import {
  createTemplateRenderer,
  TemplateLimitError,
  TemplateRenderError,
  type TemplateFilter,
  type TemplateRenderer,
  type TemplateValue,
} from "nunjitsu";

/** What stands at a path below a template's source; paths are relative with `/`. */
export type TreeEntry =
  | { readonly kind: "directory"; readonly path: string }
  | {
      readonly kind: "file";
      readonly path: string;
      readonly content: Uint8Array;
      readonly isExecutable: boolean;
    }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string };

export type RenderOptions = {
  readonly values: Readonly<Record<string, TemplateValue>>;
  /** Whether this source path keeps its content as it is (`copyWithoutTemplating`). */
  readonly isRaw: (path: string) => boolean;
  /** Only files with this extension are rendered, and lose it. */
  readonly templateFileExtension?: string;
  readonly cookiecutterCompat: boolean;
  readonly trimBlocks: boolean;
  readonly lstripBlocks: boolean;
  readonly filters: Readonly<Record<string, TemplateFilter>>;
};

/** Backstage's rules: paths are always rendered, contents unless raw or binary; an entry whose rendered path is empty,
 *  starts with `/` or contains `//` is left out, which is how templates make files conditional. */
export function renderTree(entries: readonly TreeEntry[], options: RenderOptions): TreeEntry[] {
  const renderer = createTemplateRenderer({
    filters: options.filters,
    allowRegexExecution: true,
    cookiecutterCompat: options.cookiecutterCompat,
    trimBlocks: options.trimBlocks,
    lstripBlocks: options.lstripBlocks,
  });
  const root = options.cookiecutterCompat ? "cookiecutter" : "values";
  const render = (text: string, where: string) =>
    renderText(renderer, { text, where, context: { [root]: options.values } });
  return entries.flatMap((entry) => {
    const isTemplate = isTemplateFile(entry, options);
    const source = isTemplate ? withoutExtension(entry.path, options) : entry.path;
    const path = render(source, `the name of ${entry.path}`);
    if (isLeftOut(path, entry)) return [];
    if (entry.kind !== "file" || !isTemplate || isBinary(entry.content))
      return [{ ...entry, path }];
    const text = render(new TextDecoder().decode(entry.content), entry.path);
    return [{ ...entry, path, content: new TextEncoder().encode(text) }];
  });
}

function isTemplateFile(entry: TreeEntry, options: RenderOptions): boolean {
  if (entry.kind !== "file") return false;
  const extension = options.templateFileExtension;
  return extension === undefined ? !options.isRaw(entry.path) : entry.path.endsWith(extension);
}

function withoutExtension(path: string, options: RenderOptions): string {
  const extension = options.templateFileExtension;
  return extension === undefined ? path : path.slice(0, -extension.length);
}

function isLeftOut(path: string, entry: TreeEntry): boolean {
  if (path === "" || path.startsWith("/") || path.includes("//")) return true;
  // `docs/${{ "guide.md" if values.docs }}` without docs.
  return path.endsWith("/") && entry.kind !== "directory";
}

type Source = {
  readonly text: string;
  readonly where: string;
  readonly context: Readonly<Record<string, TemplateValue>>;
};

function renderText(renderer: TemplateRenderer, source: Source): string {
  try {
    return renderer.render(source.text, source.context);
  } catch (error) {
    if (!(error instanceof TemplateRenderError || error instanceof TemplateLimitError)) throw error;
    const place = [source.where, error.line, error.column].filter((part) => part !== undefined);
    throw new InvalidError({
      code: "template_error",
      message: `The template file ${place.join(":")} cannot be rendered: ${error.message}`,
      fix: "Mend the expression, or list the file under copyWithoutTemplating.",
      issues: [{ path: place.join(":"), message: error.message }],
      cause: error,
    });
  }
}

/** Git's own test: a NUL among the first 8,000 bytes. */
export function isBinary(content: Uint8Array): boolean {
  return content.subarray(0, 8_000).includes(0);
}
