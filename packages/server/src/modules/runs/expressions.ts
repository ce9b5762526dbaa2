import type { Issue, Json } from "@causeway/contract";
import {
  createTemplateRenderer,
  TemplateLimitError,
  TemplateRenderError,
  type TemplateContext,
  type TemplateRenderer,
} from "nunjitsu";
import { filters } from "./filters.ts";

/** What `${{ }}` may name. */
export type ExpressionContext = {
  readonly parameters: { readonly [name: string]: Json };
  /** Outputs so far: `steps.<id>.output`. */
  readonly steps: { readonly [id: string]: { readonly output: Json } };
  readonly user: { readonly ref: string };
  readonly context: { readonly task: { readonly id: string } };
  readonly each?: { readonly key: string; readonly value: Json };
};

/** A value that threw keeps its raw text in `value` only so that the rest can be looked at; never run it. */
export type Rendered = { readonly value: Json | undefined; readonly issues: readonly Issue[] };

// One for the program: it holds no state between renders and refuses loops and sizes beyond its limits.
const renderer: TemplateRenderer = createTemplateRenderer({ filters, allowRegexExecution: true });

/** Renders every text inside `value`. A text that is one sole interpolation keeps the type of its value; a member that
 *  becomes undefined is left out. An expression that throws is an issue at its place, never silently its raw text. */
export function renderValue(value: Json, context: ExpressionContext, path: string): Rendered {
  const issues: Issue[] = [];
  const rendered = renderInside(value, toTemplateContext(context), { path, issues });
  return { value: rendered, issues };
}

/** Mistakes that are there whatever the context: what cannot be read, and filters that do not exist. */
export function checkSyntax(value: Json, path: string): Issue[] {
  const place: Place = { path, issues: [], only: "always wrong" };
  renderInside(value, {}, place);
  return place.issues;
}

type Place = {
  readonly path: string;
  readonly issues: Issue[];
  readonly only?: "always wrong";
};

function renderInside(value: Json, context: TemplateContext, place: Place): Json | undefined {
  if (typeof value === "string") return renderText(value, context, place);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) {
    // An item that becomes undefined is null: the places of the others must not shift.
    return value.map(
      (item, index) => renderInside(item, context, at(place, String(index))) ?? null,
    );
  }
  const members: [string, Json][] = [];
  for (const [key, member] of Object.entries(value)) {
    const rendered = renderInside(member, context, at(place, key));
    if (rendered !== undefined) members.push([key, rendered]);
  }
  return Object.fromEntries(members);
}

function at(place: Place, key: string): Place {
  return { ...place, path: `${place.path}.${key}` };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function renderText(text: string, context: TemplateContext, place: Place): Json | undefined {
  if (!hasExpression(text)) return text;
  try {
    const rendered = renderer.renderValue(text, context);
    return rendered === undefined ? undefined : toJson(rendered);
  } catch (error) {
    if (place.only === undefined || isAlwaysWrong(error)) {
      place.issues.push({ path: place.path, message: describe(error, text) });
    }
    return text;
  }
}

function hasExpression(text: string): boolean {
  return text.includes("${{") || text.includes("{%") || text.includes("{#");
}

function isAlwaysWrong(error: unknown): boolean {
  return (
    error instanceof TemplateRenderError &&
    (error.code === "syntax_error" || error.message.includes("Unknown template filter"))
  );
}

function describe(error: unknown, text: string): string {
  if (error instanceof TemplateLimitError) {
    return `the expression is too large or too deep (${error.limit ?? "limit"})`;
  }
  if (!(error instanceof TemplateRenderError)) throw error;
  if (/\b(always|failure)\(\s*\)/.test(text)) {
    return "always() and failure() are not supported yet: a step runs when the steps it waits for are done";
  }
  return error.message.replace(/^Template error at /, "expression error at ");
}

/** Maps and sets that a filter made become plain JSON; the copy also thaws what the renderer froze. */
function toJson(value: unknown): Json {
  const text = JSON.stringify(value, (_key, member: unknown) => {
    if (member instanceof Map) return Object.fromEntries(member);
    if (member instanceof Set) return [...member];
    return member;
  });
  return JSON.parse(text) as Json; // what JSON.parse answers is JSON
}

function toTemplateContext(context: ExpressionContext): TemplateContext {
  return { ...context, environment: { parameters: {} } };
}

/** Truth as Backstage's `if` knows it: an array when it has items, else as JavaScript; the text "false" is true. */
export function isTruthy(value: Json | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** `steps.<id>…` as an expression names it: the step and the members behind it. */
export type StepReference = { readonly step: string; readonly members: readonly string[] };

const reference =
  /(?<![\w.$"'])steps(?:\.([A-Za-z_]\w*)|\[\s*["']([^"']+)["']\s*\])((?:\.[A-Za-z_]\w*|\[\s*["'][^"']+["']\s*\]|\[\s*\d+\s*\])*)/g;
const member = /\.([A-Za-z_]\w*)|\[\s*["']([^"']+)["']\s*\]|\[\s*(\d+)\s*\]/g;

/** The steps that the expressions inside `value` name, with the top-level key under which each stands. */
export function findReferences(value: Json): (StepReference & { readonly key: string })[] {
  const found: (StepReference & { key: string })[] = [];
  for (const { key, text } of listTexts(value, "")) {
    if (!hasExpression(text)) continue;
    for (const inside of text.matchAll(/\$\{\{(.*?)\}\}|\{%(.*?)%\}/gs)) {
      for (const match of (inside[1] ?? inside[2] ?? "").matchAll(reference)) {
        const members = [...(match[3] ?? "").matchAll(member)].map(
          (m) => m[1] ?? m[2] ?? m[3] ?? "",
        );
        found.push({ key, step: match[1] ?? match[2] ?? "", members });
      }
    }
  }
  return found;
}

function* listTexts(value: Json, key: string): Generator<{ key: string; text: string }> {
  if (typeof value === "string") yield { key, text: value };
  else if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) yield* listTexts(inner, key || name);
  }
}
