export type ComboboxOption = {
  readonly value: string;
  readonly label: string;
  readonly detail?: string | undefined;
};

/** The options that show every word that was typed, in any order. */
export function listMatching(
  options: readonly ComboboxOption[],
  query: string,
): readonly ComboboxOption[] {
  const words = query.toLowerCase().split(/\s+/u);
  return options.filter(({ value, label, detail = "" }) => {
    const shown = `${label} ${detail} ${value}`.toLowerCase();
    return words.every((word) => shown.includes(word));
  });
}

/** Where the active option stands now: the list changes below it as answers arrive. −1 in an empty list. */
export function activeIndexIn(
  options: readonly ComboboxOption[],
  activeValue: string | undefined,
): number {
  if (options.length === 0) return -1;
  const at = options.findIndex((option) => option.value === activeValue);
  return at === -1 ? 0 : at;
}
