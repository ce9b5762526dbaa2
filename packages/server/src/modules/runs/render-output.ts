import type { Issue, Json, RunOutput, SavedPlan } from "@causeway/contract";
import { isTruthy, renderValue, type ExpressionContext } from "./expressions.ts";

/** Backstage's `spec.output` of a finished run: links and texts whose `if` holds, and the other values. What cannot be
 *  rendered is left out and told in `issues`: by now every effect has happened, so it must not fail the run. */
export function renderOutput(
  plan: SavedPlan,
  context: ExpressionContext,
): { readonly output: RunOutput; readonly issues: readonly Issue[] } {
  const issues: Issue[] = [];
  const render = (value: Json, path: string): Json | undefined => {
    const rendered = renderValue(value, context, path);
    issues.push(...rendered.issues);
    return rendered.issues.length > 0 ? undefined : rendered.value;
  };
  const { links, text, ...others } = plan.output;
  const values: { [name: string]: Json } = {};
  for (const [name, value] of Object.entries(others)) {
    const rendered = render(value, `output.${name}`);
    if (rendered !== undefined) values[name] = rendered;
  }
  const output: RunOutput = {
    links: listItems(links, (item, index) => toLink(render(item, `output.links.${index}`))),
    text: listItems(text, (item, index) => toText(render(item, `output.text.${index}`))),
    values: values as RunOutput["values"], // readonly Json is the same data
  };
  return { output, issues };
}

function listItems<Item>(
  items: Json | undefined,
  toItem: (item: Json, index: number) => Item | undefined,
): Item[] {
  const list: readonly Json[] = Array.isArray(items) ? (items as readonly Json[]) : []; // Array.isArray forgets readonly
  return list.flatMap((item, index) => toItem(item, index) ?? []);
}

type Members = { readonly [key: string]: Json };

function toShown(item: Json | undefined): Members | undefined {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return undefined;
  const members = item as Members; // neither list nor null
  return "if" in members && !isTruthy(members["if"]) ? undefined : members;
}

function toLink(item: Json | undefined): RunOutput["links"][number] | undefined {
  const members = toShown(item);
  if (!members) return undefined;
  const target = { ...pickText(members, "url"), ...pickText(members, "entityRef") };
  if (Object.keys(target).length === 0) return undefined;
  const title = pickText(members, "title")["title"] ?? Object.values(target)[0] ?? "";
  return { title, ...target, ...pickText(members, "icon") };
}

function toText(item: Json | undefined): RunOutput["text"][number] | undefined {
  const members = toShown(item);
  const content = members && pickText(members, "content")["content"];
  if (!members || content === undefined) return undefined;
  return { title: pickText(members, "title")["title"] ?? "", content };
}

function pickText(members: Members, name: string): { [name: string]: string } {
  const value = members[name];
  if (typeof value === "string") return { [name]: value };
  return typeof value === "number" || typeof value === "boolean" ? { [name]: String(value) } : {};
}
