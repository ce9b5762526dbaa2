import { refOfEntity } from "@causeway/contract";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Keyboard, Moon, PlusSquare, Sun, Workflow } from "lucide-react";
import { useState } from "react";
import { entitiesQuery, goldenPathsQuery, recentRunsQuery } from "../../api/queries.ts";
import { useDebounced } from "../../api/use-debounced.ts";
import { paths } from "../../paths.ts";
import { CommandPalette, type PaletteGroup, type PaletteItem } from "../../ui/CommandPalette.tsx";
import { shortenRef } from "../../ui/Ref.tsx";
import { iconOfKind } from "../catalog/kind-icons.ts";
import { runStatus } from "../status-of.ts";
import { navigation } from "./navigation-items.ts";
import { rankMatches } from "./palette-items.ts";
import { useTheme } from "./preferences.ts";

export type PaletteProps = {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onGo: (href: string) => void;
  readonly onOpenShortcuts: () => void;
};

/** Everything that can be reached or done, in one list. */
export function Palette({ isOpen, onOpenChange, onGo, onOpenShortcuts }: PaletteProps) {
  const [query, setQuery] = useState("");
  const close = () => {
    onOpenChange(false);
    setQuery("");
  };
  const choose = (act: () => void) => () => {
    close();
    act();
  };
  const goTo = (href: string) => choose(() => onGo(href));
  const entities = useEntityItems(query, isOpen, goTo);
  const groups = [
    { heading: "Do", items: useActionItems(isOpen, { goTo, choose, onOpenShortcuts }) },
    { heading: "Go to", items: pageItems(goTo) },
    { heading: "Runs", items: useRunItems(isOpen, goTo) },
  ].map((group): PaletteGroup => {
    const matches = rankMatches(group.items, query, (item) => `${item.label} ${item.detail ?? ""}`);
    return { ...group, items: matches.slice(0, query === "" ? 6 : 8) };
  });
  const all = [{ heading: "Catalog", items: entities.items }, ...groups];
  return (
    <CommandPalette
      isOpen={isOpen}
      onOpenChange={(open) => (open ? onOpenChange(true) : close())}
      query={query}
      onQueryChange={setQuery}
      groups={all.filter((group) => group.items.length > 0)}
      isSearching={entities.isSearching}
    />
  );
}

type GoTo = (href: string) => () => void;

function useEntityItems(query: string, isOpen: boolean, goTo: GoTo) {
  const text = useDebounced(query.trim(), 120);
  const found = useInfiniteQuery({
    ...entitiesQuery({ text, limit: 8 }),
    enabled: isOpen && text !== "",
  });
  const entities = text === "" ? [] : (found.data?.pages[0]?.items ?? []);
  const items = entities.map((entity): PaletteItem => {
    const ref = refOfEntity(entity);
    return {
      id: ref,
      label: entity.metadata.title ?? entity.metadata.name,
      detail: shortenRef(ref),
      icon: iconOfKind(entity.kind),
      onSelect: goTo(paths.entity(ref)),
    };
  });
  return { items, isSearching: found.isFetching || text !== query.trim() };
}

function useRunItems(isOpen: boolean, goTo: GoTo): PaletteItem[] {
  const runs = useQuery({ ...recentRunsQuery({ limit: 30 }), enabled: isOpen });
  return (runs.data ?? []).map((run) => ({
    id: run.id,
    label: run.title,
    detail: runStatus(run.state).word,
    icon: Workflow,
    onSelect: goTo(paths.run(run.id)),
  }));
}

function pageItems(goTo: GoTo): PaletteItem[] {
  return navigation
    .flatMap((group) => group.items)
    .map((item) => ({
      id: `go ${item.href}`,
      label: item.label,
      icon: item.icon,
      shortcut: `g ${item.letter}`,
      onSelect: goTo(item.href),
    }));
}

type ActionTools = {
  readonly goTo: GoTo;
  readonly choose: (act: () => void) => () => void;
  readonly onOpenShortcuts: () => void;
};

function useActionItems(
  isOpen: boolean,
  { goTo, choose, onOpenShortcuts }: ActionTools,
): PaletteItem[] {
  const goldenPaths = useQuery({ ...goldenPathsQuery(), enabled: isOpen });
  const [, setTheme] = useTheme();
  return [
    ...(goldenPaths.data ?? []).map((path) => ({
      id: `create ${path.name}`,
      label: `Create: ${path.title}`,
      detail: path.need,
      icon: PlusSquare,
      onSelect: goTo(paths.createFrom(path.name)),
    })),
    {
      id: "create",
      label: "Create service",
      detail: "all golden paths",
      icon: PlusSquare,
      onSelect: goTo(paths.create()),
    },
    { id: "dark", label: "Dark theme", icon: Moon, onSelect: choose(() => setTheme("dark")) },
    { id: "light", label: "Light theme", icon: Sun, onSelect: choose(() => setTheme("light")) },
    {
      id: "keys",
      label: "Keyboard shortcuts",
      icon: Keyboard,
      shortcut: "?",
      onSelect: choose(onOpenShortcuts),
    },
  ];
}
