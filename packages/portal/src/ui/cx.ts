/** Joins class names; falsy ones are left out. */
export function cx(...parts: readonly (string | false | undefined | null)[]): string {
  return parts.filter(Boolean).join(" ");
}
