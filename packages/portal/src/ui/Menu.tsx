import type { LucideIcon } from "lucide-react";
import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";

export type MenuItem =
  | {
      readonly kind: "action";
      readonly id: string;
      readonly label: string;
      readonly icon?: LucideIcon;
      readonly hint?: string;
      readonly isChosen?: boolean;
      readonly onSelect: () => void;
    }
  | { readonly kind: "line"; readonly id: string }
  | { readonly kind: "label"; readonly id: string; readonly content: ReactNode };

export function Menu({
  trigger,
  items,
}: {
  /** A button that takes a ref. */
  readonly trigger: ReactNode;
  readonly items: readonly MenuItem[];
}) {
  return (
    // Not modal: the modal form injects a style element.
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          className="z-50 min-w-52 animate-rise rounded-md bg-surface p-1 text-13 shadow-float"
        >
          {items.map((item) => (
            <MenuEntry key={item.id} item={item} />
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function MenuEntry({ item }: { readonly item: MenuItem }) {
  if (item.kind === "line") return <Radix.Separator className="-mx-1 my-1 h-px bg-border" />;
  if (item.kind === "label") {
    return <Radix.Label className="px-2 py-1.5 text-12 text-muted">{item.content}</Radix.Label>;
  }
  const Icon = item.icon;
  return (
    <Radix.Item
      onSelect={item.onSelect}
      className="flex h-8 cursor-pointer items-center gap-2 rounded-sm px-2 outline-none select-none data-[highlighted]:bg-sunken"
    >
      {Icon && <Icon aria-hidden className="size-4 text-muted" />}
      <span className="flex-1">{item.label}</span>
      {item.isChosen === true && <Check aria-label="chosen" className="size-4 text-accent" />}
      {item.hint !== undefined && <span className="text-12 text-muted">{item.hint}</span>}
    </Radix.Item>
  );
}
