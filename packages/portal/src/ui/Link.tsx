import { createContext, useContext, type AnchorHTMLAttributes, type MouseEvent } from "react";
import { cx } from "./cx.ts";

/** How a link inside the portal moves; handed in by the shell, so that `ui/` knows no router. */
export type LinkBehaviour = {
  readonly navigate: (href: string) => void;
  readonly preload: (href: string) => void;
};

const LinkBehaviourContext = createContext<LinkBehaviour | undefined>(undefined);
export const LinkBehaviourProvider = LinkBehaviourContext.Provider;

export function useLinkBehaviour(): LinkBehaviour | undefined {
  return useContext(LinkBehaviourContext);
}

/** Addresses of our own origin that the server answers itself. */
const servedElsewhere = /^\/(api|services|sign-in|internal)(\/|$)/;

function isPortalHref(href: string): boolean {
  return href.startsWith("/") && !href.startsWith("//") && !servedElsewhere.test(href);
}

export type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & {
  readonly href: string;
  readonly look?: "text" | "quiet" | "bare";
};

export function Link({ href, look = "text", className, onClick, children, ...rest }: LinkProps) {
  const behaviour = useContext(LinkBehaviourContext);
  const inside = isPortalHref(href) && rest.target === undefined;
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (!inside || !behaviour || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    behaviour.navigate(href);
  };
  const preload = () => {
    if (inside) behaviour?.preload(href);
  };
  return (
    <a
      href={href}
      onClick={follow}
      onPointerEnter={preload}
      onFocus={preload}
      className={cx(linkLooks[look], className)}
      {...(inside ? {} : { rel: "noreferrer", target: rest.target ?? "_blank" })}
      {...rest}
    >
      {children}
    </a>
  );
}

const linkLooks = {
  text: "rounded-sm text-accent underline decoration-accent/35 underline-offset-3 hover:decoration-accent",
  quiet: "rounded-sm text-text hover:text-accent hover:underline underline-offset-3",
  bare: "",
} as const;
