import {
  Blocks,
  Boxes,
  Home,
  MessageSquareQuote,
  Network,
  PlusSquare,
  Rocket,
  ScrollText,
  Sparkles,
  type LucideIcon,
} from "lucide-react";
import { paths } from "../../paths.ts";

export type NavigationItem = {
  readonly label: string;
  readonly href: string;
  readonly icon: LucideIcon;
  /** `g` then this. */
  readonly letter: string;
  readonly adminOnly?: true;
};

export type NavigationGroup = {
  readonly heading: string | undefined;
  readonly items: readonly NavigationItem[];
};

/** Only what works: an area comes here with its first page. */
export const navigation: readonly NavigationGroup[] = [
  {
    heading: undefined,
    items: [
      { label: "Home", href: paths.home(), icon: Home, letter: "h" },
      { label: "Catalog", href: paths.catalog(), icon: Boxes, letter: "c" },
      { label: "Create", href: paths.create(), icon: PlusSquare, letter: "n" },
      { label: "Runs", href: paths.runs(), icon: Blocks, letter: "r" },
    ],
  },
  {
    heading: "AI",
    items: [
      { label: "Prompts", href: paths.prompts(), icon: MessageSquareQuote, letter: "p" },
      { label: "Models", href: paths.catalog({ kind: "model" }), icon: Sparkles, letter: "m" },
      { label: "Gateway", href: paths.gateway(), icon: Network, letter: "w" },
    ],
  },
  {
    heading: "Operate",
    items: [{ label: "Delivery", href: paths.delivery(), icon: Rocket, letter: "d" }],
  },
  {
    heading: "Govern",
    items: [
      { label: "Audit", href: paths.audit(), icon: ScrollText, letter: "a", adminOnly: true },
    ],
  },
];

/** The item that an address belongs to: the longest match, so that Models wins over Catalog. */
export function findCurrentItem(pathname: string, search: string): NavigationItem | undefined {
  const address = `${pathname}${search}`;
  return navigation
    .flatMap((group) => group.items)
    .filter((item) => {
      if (item.href === "/") return pathname === "/";
      if (item.href.includes("?")) return address.startsWith(item.href);
      return pathname === item.href || pathname.startsWith(`${item.href}/`);
    })
    .toSorted((a, b) => b.href.length - a.href.length)[0];
}
