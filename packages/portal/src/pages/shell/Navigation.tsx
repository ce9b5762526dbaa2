import { useRouterState } from "@tanstack/react-router";
import { cx } from "../../ui/cx.ts";
import { Link } from "../../ui/Link.tsx";
import { paths } from "../../paths.ts";
import { findCurrentItem, navigation, type NavigationItem } from "./navigation-items.ts";

export function Navigation({
  isAdmin,
  onFollow,
}: {
  readonly isAdmin: boolean;
  readonly onFollow?: () => void;
}) {
  const location = useRouterState({ select: (state) => state.location });
  const current = findCurrentItem(location.pathname, location.searchStr);
  return (
    <nav aria-label="Main" className="flex flex-col gap-4 px-2 py-3">
      <Link
        href={paths.home()}
        look="bare"
        {...(onFollow ? { onClick: onFollow } : {})}
        className="flex h-8 items-center gap-2 rounded-md px-2"
      >
        <img src="/assets/mark-1.svg" alt="" className="size-5" />
        <span className="text-14 font-semibold tracking-tight">Causeway</span>
      </Link>
      {navigation.map((group) => (
        <NavigationSection
          key={group.heading ?? "main"}
          heading={group.heading}
          items={group.items.filter((item) => isAdmin || item.adminOnly !== true)}
          current={current}
          onFollow={onFollow}
        />
      ))}
    </nav>
  );
}

function NavigationSection({
  heading,
  items,
  current,
  onFollow,
}: {
  readonly heading: string | undefined;
  readonly items: readonly NavigationItem[];
  readonly current: NavigationItem | undefined;
  readonly onFollow: (() => void) | undefined;
}) {
  if (items.length === 0) return null;
  return (
    <div>
      {heading !== undefined && (
        <h2 className="px-2 pb-1 text-12 font-medium text-muted">{heading}</h2>
      )}
      <ul className="flex flex-col gap-px">
        {items.map((item) => {
          const isCurrent = item === current;
          return (
            <li key={item.href}>
              <Link
                href={item.href}
                look="bare"
                aria-current={isCurrent ? "page" : undefined}
                {...(onFollow ? { onClick: onFollow } : {})}
                className={cx(
                  "flex h-8 items-center gap-2.5 rounded-md px-2 text-13 font-medium",
                  isCurrent
                    ? "bg-accent-soft text-accent"
                    : "text-muted hover:bg-sunken hover:text-text",
                )}
              >
                <item.icon aria-hidden className="size-4" />
                {item.label}
              </Link>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
