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

/** A few changes in sight, the rest folded: fourteen loaded documents are one fact, not fourteen. */
export function ChangeList({
  changes,
  atOnce = 6,
}: {
  readonly changes: readonly Change[];
  readonly atOnce?: number;
}) {
  const isLong = changes.length > atOnce + 1;
  const shown = isLong ? changes.slice(0, atOnce) : changes;
  return (
    <>
      <ul>
        {shown.map((change) => (
          <ChangeLine key={`${change.verb} ${change.kind} ${change.ref}`} change={change} />
        ))}
      </ul>
      {isLong && (
        <details className="text-13">
          <summary className="w-fit rounded-sm py-0.5 text-accent">
            {changes.length - atOnce} more
          </summary>
          <ul>
            {changes.slice(atOnce).map((change) => (
              <ChangeLine key={`${change.verb} ${change.kind} ${change.ref}`} change={change} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** One change in one line: sign, kind, address, detail. */
function ChangeLine({ change }: { readonly change: Change }) {
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
