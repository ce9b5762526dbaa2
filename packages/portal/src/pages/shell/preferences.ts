import { useSyncExternalStore } from "react";

/** What a person chose for this browser. Storage may be forbidden; then a choice lasts until the page is left. */
function createPreference<Value extends string>(
  name: string,
  values: readonly [Value, ...Value[]],
) {
  const listeners = new Set<() => void>();
  let chosen = read(name, values);
  return {
    current: () => chosen,
    set: (value: Value) => {
      chosen = value;
      try {
        localStorage.setItem(name, value);
      } catch {
        // Forbidden: kept in memory.
      }
      for (const listener of listeners) listener();
    },
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function read<Value extends string>(name: string, values: readonly [Value, ...Value[]]): Value {
  try {
    const stored = localStorage.getItem(name);
    return values.find((value) => value === stored) ?? values[0];
  } catch {
    return values[0];
  }
}

export type Theme = "system" | "light" | "dark";
const theme = createPreference<Theme>("causeway.theme", ["system", "light", "dark"]);

export function useTheme(): [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(theme.subscribe, theme.current), chooseTheme];
}

/** `theme-1.js` does the same before the first paint. */
function chooseTheme(chosen: Theme): void {
  theme.set(chosen);
  const root = document.documentElement;
  if (chosen === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = chosen;
}

const singleKeys = createPreference<"on" | "off">("causeway.single-keys", ["on", "off"]);

/** Shortcuts of one letter can be turned off: they get in the way of speech input (WCAG 2.1.4). */
export function useSingleKeys(): ["on" | "off", (value: "on" | "off") => void] {
  return [useSyncExternalStore(singleKeys.subscribe, singleKeys.current), singleKeys.set];
}
