import type { Change } from "@causeway/contract";
import { ArrowRight, Minus, Pencil, Plus, type LucideIcon } from "lucide-react";
import { cx } from "../../ui/cx.ts";
import { EntityLink } from "../EntityLink.tsx";

const drawings: Readonly<
  Record<Change["verb"], { icon: LucideIcon; colour: string; word: string }>
> = {
  create: { icon: Plus, colour: "text-good", word: "create" },
  update: { icon: Pencil, colour: "text-info", word: "update" },
  delete: { icon: Minus, colour: "text-bad", word: "delete" },
  use: { icon: ArrowRight, colour: "text-muted", word: "use" },
};

/** One change in one line: sign, kind, address, detail. */
export function ChangeLine({ change }: { readonly change: Change }) {
  const { icon: Icon, colour, word } = drawings[change.verb];
  return (
    <li className="flex items-baseline gap-2 py-0.5 text-13">
      <Icon
        aria-label={word}
        role="img"
        className={cx("size-3.5 shrink-0 translate-y-0.5", colour)}
      />
      <span className="min-w-0">
        <span className="text-muted">{change.kind} </span>
        <EntityLink value={change.ref} />
        {change.detail !== undefined && <span className="text-muted"> {change.detail}</span>}
      </span>
    </li>
  );
}
