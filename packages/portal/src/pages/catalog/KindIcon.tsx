import { createElement } from "react";
import { iconOfKind, nameOfKind } from "./kind-icons.ts";

/** The icon of a kind; named for those who do not see it, where no word stands beside it. */
export function KindIcon({
  kind,
  isNamed = false,
  className = "size-4 shrink-0 text-muted",
}: {
  readonly kind: string;
  readonly isNamed?: boolean;
  readonly className?: string;
}) {
  const naming = isNamed
    ? { role: "img", "aria-label": nameOfKind(kind) }
    : { "aria-hidden": true as const };
  return createElement(iconOfKind(kind), { ...naming, className });
}
