import { InvalidError, type JsonObject } from "@causeway/contract";
import { z } from "zod";

const sortValues = z.tuple([z.string().nullable(), z.int()]);

/** Everything that a page needs except its size and fields: clients send nothing else along. It holds no permission;
 *  that is asked anew for each page. */
export const cursorSchema = z.object({
  /** Backstage's client sends the next page by POST when this key is there; both routes read the same cursor. */
  query: z.record(z.string(), z.json()).transform((query): JsonObject => query),
  orderFields: z.array(z.object({ field: z.string(), order: z.enum(["asc", "desc"]) })),
  fullTextFilter: z.object({ term: z.string(), fields: z.array(z.string()).optional() }).optional(),
  /** Value and id of the row at which the page begins or, going back, ends. */
  orderFieldValues: sortValues,
  /** The very first row, so that the first page is known when going back. */
  firstSortFieldValues: sortValues,
  isPrevious: z.boolean(),
  totalItems: z.int(),
});
export type Cursor = z.infer<typeof cursorSchema>;
export type SortValues = z.infer<typeof sortValues>;

/** Standard base64 of JSON: clients call `JSON.parse(atob(cursor))`, which knows neither base64url nor UTF-8. */
export function encodeCursor(cursor: Cursor): string {
  const ascii = JSON.stringify(cursor).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return btoa(ascii);
}

/** Throws InvalidError `invalid_cursor`. */
export function decodeCursor(text: string): Cursor {
  try {
    return cursorSchema.parse(JSON.parse(atob(text)));
  } catch (cause) {
    throw invalidCursor(cause);
  }
}

export function invalidCursor(cause: unknown): InvalidError {
  return new InvalidError({
    code: "invalid_cursor",
    message: "The cursor is not one that this catalog gave out",
    fix: "Start again without a cursor.",
    cause,
  });
}
