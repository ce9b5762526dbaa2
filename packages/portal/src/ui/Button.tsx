import type { LucideIcon } from "lucide-react";
import { LoaderCircle } from "lucide-react";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { cx } from "./cx.ts";
import { Link } from "./Link.tsx";

export type ButtonLook = "primary" | "secondary" | "quiet" | "danger";

const looks: Record<ButtonLook, string> = {
  primary: "border-transparent bg-accent text-on-accent hover:bg-accent-hover",
  secondary:
    "border-border-strong/60 bg-surface text-text hover:bg-hover hover:border-border-strong",
  quiet: "border-transparent text-muted hover:bg-sunken hover:text-text",
  danger: "border-bad/50 bg-surface text-bad hover:bg-bad-soft",
};

const frame =
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors select-none disabled:opacity-55 aria-disabled:opacity-55";
const sizes = { small: "h-7 px-2 text-12", medium: "h-8 px-3 text-13" } as const;

type Common = {
  readonly look?: ButtonLook;
  readonly size?: keyof typeof sizes;
  readonly icon?: LucideIcon | undefined;
  readonly children?: ReactNode;
};

export type ButtonProps = Common &
  ButtonHTMLAttributes<HTMLButtonElement> & {
    readonly isBusy?: boolean;
    readonly ref?: Ref<HTMLButtonElement>;
  };

export function Button({
  look = "secondary",
  size = "medium",
  icon: Icon,
  isBusy = false,
  className,
  children,
  type = "button",
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      // oxlint-disable-next-line react/button-has-type -- the default above is "button"
      type={type}
      className={cx(frame, sizes[size], looks[look], className)}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy || undefined}
      {...rest}
    >
      {isBusy ? (
        <LoaderCircle aria-hidden className="size-4 animate-turn" />
      ) : (
        Icon && <Icon aria-hidden className="size-4" />
      )}
      {children}
    </button>
  );
}

export function ButtonLink({
  look = "secondary",
  size = "medium",
  icon: Icon,
  children,
  href,
  className,
}: Common & { readonly href: string; readonly className?: string }) {
  return (
    <Link href={href} look="bare" className={cx(frame, sizes[size], looks[look], className)}>
      {Icon && <Icon aria-hidden className="size-4" />}
      {children}
    </Link>
  );
}

export type IconButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly icon: LucideIcon;
  /** What it does, for those who do not see the icon. */
  readonly label: string;
  readonly ref?: Ref<HTMLButtonElement>;
};

export function IconButton({ icon: Icon, label, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cx(
        "inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-text disabled:opacity-55",
        className,
      )}
      {...rest}
    >
      <Icon aria-hidden className="size-4" />
    </button>
  );
}
