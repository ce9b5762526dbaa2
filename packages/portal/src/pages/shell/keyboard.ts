export type KeyPress = {
  readonly key: string;
  /** Ctrl, Meta or Alt is held. */
  readonly hasModifier: boolean;
  /** The focus is where letters are text. */
  readonly isTyping: boolean;
};

export type KeyCommand =
  | { readonly kind: "go"; readonly letter: string }
  | { readonly kind: "filter" }
  | { readonly kind: "shortcuts" }
  | { readonly kind: "row"; readonly step: 1 | -1 };

export type KeyDecision = {
  /** `g` was pressed and waits for its letter. */
  readonly isGoing: boolean;
  readonly command: KeyCommand | undefined;
};

const single: Readonly<Record<string, KeyCommand>> = {
  "/": { kind: "filter" },
  "?": { kind: "shortcuts" },
  j: { kind: "row", step: 1 },
  k: { kind: "row", step: -1 },
};

/** What a key means outside of text fields. */
export function decideKey(isGoing: boolean, press: KeyPress): KeyDecision {
  if (press.hasModifier || press.isTyping) return { isGoing: false, command: undefined };
  // Shift comes as its own key before the one it changes.
  if (press.key === "Shift") return { isGoing, command: undefined };
  if (isGoing) return { isGoing: false, command: { kind: "go", letter: press.key } };
  if (press.key === "g") return { isGoing: true, command: undefined };
  return { isGoing: false, command: single[press.key] };
}

export function isTypingTarget(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select"))
  );
}
