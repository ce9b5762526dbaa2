import { ChevronRight, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { Link } from "./Link.tsx";

/** The one header of an object's page: name, kind, state, facts, one main action. */
export function PageHeader({
  icon: Icon,
  over,
  title,
  state,
  facts,
  actions,
}: {
  readonly icon?: LucideIcon;
  /** Where this stands: a line above the name. */
  readonly over?: ReactNode;
  readonly title: string;
  readonly state?: ReactNode;
  readonly facts?: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 pb-4">
      <div className="min-w-0">
        {over !== undefined && <div className="pb-0.5 text-12 text-muted">{over}</div>}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {Icon && <Icon aria-hidden className="size-5 text-muted" />}
          <h1 className="min-w-0 break-words">{title}</h1>
          {state}
        </div>
        {facts !== undefined && (
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1 pt-1 text-13 text-muted">
            {facts}
          </div>
        )}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

/** One fact of a header: a muted word and its value. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <span className="inline-flex items-baseline gap-1.5">
      <span className="text-12">{name}</span>
      <span className="text-text">{children}</span>
    </span>
  );
}

export function Section({
  title,
  aside,
  children,
  isFlush = false,
  className,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  /** The content reaches the frame: tables, logs. */
  readonly isFlush?: boolean;
  readonly className?: string;
}) {
  return (
    <section className={cx("min-w-0 rounded-md border bg-surface", className)}>
      <div className="flex min-h-10 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-b px-3 py-1.5">
        <h2>{title}</h2>
        {aside !== undefined && (
          <div className="flex items-center gap-2 text-12 text-muted">{aside}</div>
        )}
      </div>
      <div className={isFlush ? "" : "p-3"}>{children}</div>
    </section>
  );
}

export function Definitions({
  items,
}: {
  readonly items: readonly { readonly name: string; readonly value: ReactNode }[];
}) {
  return (
    <dl className="grid grid-cols-[minmax(6.5rem,max-content)_1fr] gap-x-5 gap-y-2 text-13">
      {items.map((item) => (
        <div key={item.name} className="contents">
          <dt className="text-muted">{item.name}</dt>
          <dd className="min-w-0 break-words">{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function MoreLink({
  href,
  children,
}: {
  readonly href: string;
  readonly children: ReactNode;
}) {
  return (
    <Link href={href} className="text-12 text-muted no-underline hover:underline">
      {children}
    </Link>
  );
}

/** The way to this page: places of an ordered list, the last one where one is. */
export function Breadcrumb({
  places,
}: {
  readonly places: readonly { readonly label: string; readonly href?: string }[];
}) {
  return (
    <nav aria-label="Breadcrumb">
      <ol className="flex flex-wrap items-center gap-1.5">
        {places.map((place, at) => (
          <li key={place.label} className="flex items-center gap-1.5">
            {at > 0 && <ChevronRight aria-hidden className="size-3" />}
            {place.href === undefined ? (
              <span className="font-mono break-all">{place.label}</span>
            ) : (
              <Link href={place.href} look="quiet">
                {place.label}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
