import { Kbd } from "../../ui/Badge.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Checkbox } from "../../ui/Field.tsx";
import { navigation } from "./navigation-items.ts";
import { useSingleKeys } from "./preferences.ts";

const everywhere = [
  { keys: ["⌘ / Ctrl", "K"], what: "Search and commands" },
  { keys: ["/"], what: "Filter this list" },
  { keys: ["j", "k"], what: "Next and previous row" },
  { keys: ["Enter"], what: "Open the row" },
  { keys: ["?"], what: "Show this list" },
];

export function ShortcutsDialog({
  isOpen,
  onOpenChange,
}: {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}) {
  const [singleKeys, setSingleKeys] = useSingleKeys();
  const places = navigation
    .flatMap((group) => group.items)
    .map((item) => ({ keys: ["g", item.letter], what: item.label }));
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title="Keyboard shortcuts">
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        <ShortcutList title="Everywhere" rows={everywhere} />
        <ShortcutList title="Go to" rows={places} />
      </div>
      <div className="mt-5 border-t pt-4">
        <Checkbox
          label="Shortcuts of single keys (turn off for speech input)"
          checked={singleKeys === "on"}
          onChange={(event) => setSingleKeys(event.target.checked ? "on" : "off")}
        />
      </div>
    </Dialog>
  );
}

function ShortcutList({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: readonly { readonly keys: readonly string[]; readonly what: string }[];
}) {
  return (
    <section>
      <h3 className="pb-2 text-12 font-medium text-muted">{title}</h3>
      <dl className="flex flex-col gap-1.5">
        {rows.map((row) => (
          <div key={row.what} className="flex items-center justify-between gap-3 text-13">
            <dt>{row.what}</dt>
            <dd className="flex gap-1">
              {row.keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
