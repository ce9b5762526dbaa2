import { Command } from "cmdk";
import { Search, type LucideIcon } from "lucide-react";
import { useState } from "react";
import { Kbd } from "./Badge.tsx";
import { BareDialog } from "./Dialog.tsx";

export type PaletteItem = {
  readonly id: string;
  readonly label: string;
  /** Second word, muted: a kind, a state. */
  readonly detail?: string | undefined;
  readonly icon: LucideIcon;
  readonly shortcut?: string | undefined;
  readonly onSelect: () => void;
};
export type PaletteGroup = { readonly heading: string; readonly items: readonly PaletteItem[] };

export type CommandPaletteProps = {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly query: string;
  readonly onQueryChange: (query: string) => void;
  /** Already filtered and ordered. */
  readonly groups: readonly PaletteGroup[];
  readonly isSearching: boolean;
};

export function CommandPalette(props: CommandPaletteProps) {
  const { isOpen, onOpenChange, query, onQueryChange, groups, isSearching } = props;
  const first = groups[0]?.items[0]?.id ?? "";
  // Among other results the best of them is chosen, not what was chosen before.
  const [choice, setChoice] = useState({ among: first, id: first });
  const chosen = choice.among === first ? choice.id : first;
  const count = groups.reduce((sum, group) => sum + group.items.length, 0);
  return (
    <BareDialog isOpen={isOpen} onOpenChange={onOpenChange} title="Search and commands">
      <Command
        shouldFilter={false}
        loop
        value={chosen}
        onValueChange={(id) => setChoice({ among: first, id })}
        label="Search and commands"
        className="flex flex-col"
      >
        <div className="flex items-center gap-2 border-b px-3">
          <Search aria-hidden className="size-4 shrink-0 text-muted" />
          <Command.Input
            value={query}
            onValueChange={onQueryChange}
            placeholder="Find anything, or do something"
            className="h-12 flex-1 bg-transparent text-14 outline-none placeholder:text-muted"
          />
          <Kbd>Esc</Kbd>
        </div>
        <Command.List className="max-h-[min(24rem,60vh)] overflow-y-auto p-1.5">
          {count === 0 && (
            <p className="px-2 py-6 text-center text-13 text-muted">
              {isSearching ? "Searching…" : `Nothing is called “${query}”.`}
            </p>
          )}
          {groups.map((group) => (
            <Command.Group
              key={group.heading}
              heading={group.heading}
              className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted"
            >
              {group.items.map((item) => (
                <PaletteRow key={item.id} item={item} />
              ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </BareDialog>
  );
}

function PaletteRow({ item }: { readonly item: PaletteItem }) {
  const Icon = item.icon;
  return (
    <Command.Item
      value={item.id}
      onSelect={item.onSelect}
      className="flex h-9 cursor-pointer items-center gap-2.5 rounded-sm px-2 text-13 data-[selected=true]:bg-accent-soft"
    >
      <Icon aria-hidden className="size-4 shrink-0 text-muted" />
      <span className="truncate">{item.label}</span>
      {item.detail !== undefined && (
        <span className="truncate text-12 text-muted">{item.detail}</span>
      )}
      <span className="flex-1" />
      {item.shortcut?.split(" ").map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
    </Command.Item>
  );
}
