import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { Link } from "./Link.tsx";

export type Tab = {
  readonly id: string;
  readonly label: string;
  readonly href: string;
  readonly count?: number | undefined;
};

/** Tabs are addresses, so they are a navigation of links. */
export function Tabs({
  label,
  tabs,
  current,
}: {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly current: string;
}) {
  return (
    <nav aria-label={label} className="-mb-px flex gap-5 overflow-x-auto border-b px-px pt-1">
      {tabs.map((tab) => (
        <Link
          key={tab.id}
          href={tab.href}
          look="bare"
          aria-current={tab.id === current ? "page" : undefined}
          className={cx(
            "flex items-center gap-1.5 border-b-2 pb-2 text-13 font-medium whitespace-nowrap -outline-offset-2",
            tab.id === current
              ? "border-accent text-text"
              : "border-transparent text-muted hover:text-text",
          )}
        >
          {tab.label}
          {tab.count !== undefined && (
            <span className="tabular rounded-full bg-sunken px-1.5 text-12 text-muted">
              {tab.count}
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}

/** A switch between a few views of one thing in place. */
export function Segments<Id extends string>({
  label,
  segments,
  current,
  onChange,
}: {
  readonly label: string;
  readonly segments: readonly { readonly id: Id; readonly label: ReactNode }[];
  readonly current: Id;
  readonly onChange: (id: Id) => void;
}) {
  return (
    <div role="group" aria-label={label} className="inline-flex rounded-md bg-sunken p-0.5">
      {segments.map((segment) => (
        <button
          key={segment.id}
          type="button"
          aria-pressed={segment.id === current}
          onClick={() => onChange(segment.id)}
          className={cx(
            "h-6 rounded-sm px-2 text-12 font-medium",
            segment.id === current ? "bg-surface text-text" : "text-muted hover:text-text",
          )}
        >
          {segment.label}
        </button>
      ))}
    </div>
  );
}
