import type { ReactNode } from "react";
import { cx } from "./cx.ts";

/** What may be wider than its place scrolls by itself, never the page. */
export function ScrollRegion({
  label,
  className,
  children,
}: {
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return (
    // Reachable by keyboard, or nobody without a mouse sees its far end.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div tabIndex={0} role="group" aria-label={label} className={cx("overflow-x-auto", className)}>
      {children}
    </div>
  );
}
