import type { Me } from "@causeway/contract";
import {
  CircleUser,
  Keyboard,
  LogOut,
  Menu as MenuIcon,
  Monitor,
  Moon,
  Plus,
  Search,
  Sun,
} from "lucide-react";
import { paths } from "../../paths.ts";
import { Kbd } from "../../ui/Badge.tsx";
import { ButtonLink, IconButton } from "../../ui/Button.tsx";
import { Menu, type MenuItem } from "../../ui/Menu.tsx";
import { shortenRef } from "../../ui/Ref.tsx";
import { useTheme, type Theme } from "./preferences.ts";

export type TopBarProps = {
  readonly me: Me;
  readonly onOpenNavigation: () => void;
  readonly onOpenPalette: () => void;
  readonly onOpenShortcuts: () => void;
  readonly onSignOut: () => void;
  readonly onGo: (href: string) => void;
};

export function TopBar(props: TopBarProps) {
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b bg-ground/95 px-3 backdrop-blur-sm md:px-6">
      <IconButton
        icon={MenuIcon}
        label="Open navigation"
        onClick={props.onOpenNavigation}
        className="md:hidden"
      />
      <button
        type="button"
        onClick={props.onOpenPalette}
        aria-keyshortcuts="Control+K Meta+K"
        className="flex h-8 w-full max-w-sm items-center gap-2 rounded-md border border-border-strong/50 bg-surface px-2.5 text-13 text-muted hover:border-border-strong"
      >
        <Search aria-hidden className="size-4" />
        <span className="truncate">Search or run a command</span>
        <span className="flex-1" />
        <span className="hidden sm:block">
          <Kbd>{isApple() ? "⌘ K" : "Ctrl K"}</Kbd>
        </span>
      </button>
      <span className="flex-1" />
      <span className="hidden sm:block">
        <ButtonLink href={paths.create()} icon={Plus}>
          Create service
        </ButtonLink>
      </span>
      <PersonMenu {...props} />
    </header>
  );
}

function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}

const themes: readonly { id: Theme; label: string; icon: typeof Sun }[] = [
  { id: "system", label: "Theme of the system", icon: Monitor },
  { id: "light", label: "Light", icon: Sun },
  { id: "dark", label: "Dark", icon: Moon },
];

function PersonMenu({ me, onGo, onOpenShortcuts, onSignOut }: TopBarProps) {
  const [theme, setTheme] = useTheme();
  const items: MenuItem[] = [
    {
      kind: "label",
      id: "who",
      content: (
        <>
          <span className="block text-13 font-medium text-text">{me.displayName}</span>
          <span className="font-mono">{shortenRef(me.principal)}</span>
          {me.isAdmin && <span> · administrator</span>}
        </>
      ),
    },
    {
      kind: "action",
      id: "me",
      label: "My page",
      icon: CircleUser,
      onSelect: () => onGo(paths.entity(me.principal)),
    },
    { kind: "line", id: "line-1" },
    ...themes.map(({ id, label, icon }) => ({
      kind: "action" as const,
      id,
      label,
      icon,
      isChosen: theme === id,
      onSelect: () => setTheme(id),
    })),
    { kind: "line", id: "line-2" },
    {
      kind: "action",
      id: "keys",
      label: "Keyboard shortcuts",
      icon: Keyboard,
      hint: "?",
      onSelect: onOpenShortcuts,
    },
    { kind: "action", id: "out", label: "Sign out", icon: LogOut, onSelect: onSignOut },
  ];
  return (
    <Menu
      items={items}
      trigger={
        <button
          type="button"
          aria-label={`Menu of ${me.displayName}`}
          className="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-soft text-12 font-semibold text-accent hover:ring-2 hover:ring-accent/40"
        >
          {initialsOf(me.displayName)}
        </button>
      }
    />
  );
}

function initialsOf(name: string): string {
  const words = name
    .replace(/\(.*\)/, "")
    .split(/\s+/)
    .filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase())
    .join("");
}
