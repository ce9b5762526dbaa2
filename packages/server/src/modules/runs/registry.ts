import {
  canonicalJson,
  type ActionView,
  type AnyAction,
  type JsonObject,
} from "@causeway/contract";
import { z } from "zod";

export type RegisteredAction = {
  readonly action: AnyAction;
  readonly inputSchema: JsonObject;
  /** Pinned in saved plans: a plan never runs against an input it was not checked with. */
  readonly inputSchemaHash: string;
  /** The members its output can have; undefined when it is open. */
  readonly outputKeys: ReadonlySet<string> | undefined;
};

export type ActionRegistry = {
  /** The named version, else the newest. */
  find(id: string, version?: number): RegisteredAction | undefined;
  /** Newest versions, by id. */
  list(): readonly RegisteredAction[];
};

/** Old versions stay registered while a run may pin them; the same id and version twice is a mistake in the program. */
export function createRegistry(
  actions: readonly AnyAction[],
  hash: (text: string) => string,
): ActionRegistry {
  const byVersion = new Map<string, RegisteredAction>();
  const newest = new Map<string, RegisteredAction>();
  for (const action of actions) {
    const key = `${action.id}@${action.version}`;
    if (byVersion.has(key)) throw new Error(`Action ${key} is registered twice`);
    const registered = register(action, hash);
    byVersion.set(key, registered);
    const known = newest.get(action.id);
    if (!known || known.action.version < action.version) newest.set(action.id, registered);
  }
  return {
    find: (id, version) =>
      version === undefined ? newest.get(id) : byVersion.get(`${id}@${version}`),
    list: () => [...newest.values()].toSorted((a, b) => (a.action.id < b.action.id ? -1 : 1)),
  };
}

function register(action: AnyAction, hash: (text: string) => string): RegisteredAction {
  const inputSchema = toJsonSchema(action.input, "input");
  const outputSchema = toJsonSchema(action.output, "output");
  const isClosed = outputSchema["additionalProperties"] === false;
  const outputKeys = isClosed ? new Set(Object.keys(outputSchema["properties"] ?? {})) : undefined;
  return { action, inputSchema, inputSchemaHash: hash(canonicalJson(inputSchema)), outputKeys };
}

function toJsonSchema(schema: z.ZodType, io: "input" | "output"): JsonObject {
  // "any" for what JSON Schema cannot say (a transform): the Zod schema stays the judge.
  const made: unknown = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(made)));
}

export function toActionView({ action, inputSchema }: RegisteredAction): ActionView {
  return {
    id: action.id,
    version: action.version,
    title: action.title,
    description: action.description ?? "",
    effects: action.effects,
    inputSchema: z.record(z.string(), z.json()).parse(inputSchema),
  };
}
