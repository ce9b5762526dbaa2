import { useEffect, useRef } from "react";
import { focusRow } from "../../ui/Table.tsx";
import { decideKey, isTypingTarget, type KeyCommand } from "./keyboard.ts";
import { navigation } from "./navigation-items.ts";

export type ShortcutTargets = {
  readonly isOn: boolean;
  readonly go: (href: string) => void;
  readonly openPalette: () => void;
  readonly openShortcuts: () => void;
};

/** Listens on the window: shortcuts belong to the whole page. */
export function useShortcuts(targets: ShortcutTargets): void {
  const latest = useRef(targets);
  useEffect(() => {
    latest.current = targets;
  });
  useEffect(() => {
    let isGoing = false;
    const onKeyDown = (event: KeyboardEvent) => {
      const hasModifier = event.metaKey || event.ctrlKey || event.altKey;
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        latest.current.openPalette();
        return;
      }
      if (!latest.current.isOn || document.querySelector("[data-modal]")) return;
      const isTyping = isTypingTarget(event.target);
      const decision = decideKey(isGoing, { key: event.key, hasModifier, isTyping });
      isGoing = decision.isGoing;
      if (decision.command && perform(decision.command, latest.current)) event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

function perform(command: KeyCommand, targets: ShortcutTargets): boolean {
  switch (command.kind) {
    case "go": {
      const items = navigation.flatMap((group) => group.items);
      const item = items.find((each) => each.letter === command.letter);
      if (item) targets.go(item.href);
      return item !== undefined;
    }
    case "filter": {
      const filter = document.querySelector<HTMLElement>("main [data-filter]");
      filter?.focus();
      return filter !== null;
    }
    case "shortcuts":
      targets.openShortcuts();
      return true;
    case "row": {
      const focused = document.activeElement?.closest("[data-rows]");
      const rows = focused ?? document.querySelector("main [data-rows]");
      return rows !== null && focusRow(rows, command.step);
    }
  }
}
