import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { IconButton } from "./Button.tsx";
import { cx } from "./cx.ts";

export type DialogProps = {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly title: string;
  readonly description?: string;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
};

// Not Radix's overlay: that one locks the page by an injected style element, which a strict policy
// for styles refuses. `[data-modal]` does the same from our style sheet.
function Shade() {
  return <div data-modal className="fixed inset-0 z-40 animate-appear bg-shade" />;
}

export function Dialog({
  isOpen,
  onOpenChange,
  title,
  description,
  children,
  footer,
}: DialogProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Shade />
        <Radix.Content
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
          className="fixed top-[12vh] left-1/2 z-50 flex max-h-[76vh] w-[min(34rem,calc(100vw-2rem))] -translate-x-1/2 animate-rise flex-col rounded-md bg-surface shadow-float"
        >
          <header className="flex items-start justify-between gap-3 border-b px-4 py-3">
            <div>
              <Radix.Title className="text-16 font-semibold">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className="text-13 text-muted">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton icon={X} label="Close" className="-mr-2" />
            </Radix.Close>
          </header>
          <div className="overflow-y-auto px-4 py-4">{children}</div>
          {footer !== undefined && (
            <footer className="flex justify-end gap-2 border-t px-4 py-3">{footer}</footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A panel from the left edge: navigation on narrow screens. */
export function Drawer({
  isOpen,
  onOpenChange,
  title,
  children,
}: Pick<DialogProps, "isOpen" | "onOpenChange" | "title" | "children">) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Shade />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 w-[min(17rem,86vw)] animate-slide-in overflow-y-auto bg-surface shadow-float"
        >
          <Radix.Title className="sr-only">{title}</Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A dialog without frame, for the command palette. */
export function BareDialog({
  isOpen,
  onOpenChange,
  title,
  children,
  className,
}: Pick<DialogProps, "isOpen" | "onOpenChange" | "title" | "children"> & {
  readonly className?: string;
}) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Shade />
        <Radix.Content
          aria-describedby={undefined}
          className={cx(
            "fixed top-[10vh] left-1/2 z-50 w-[min(40rem,calc(100vw-1.5rem))] -translate-x-1/2 animate-rise overflow-hidden rounded-md bg-surface shadow-float",
            className,
          )}
        >
          <Radix.Title className="sr-only">{title}</Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
