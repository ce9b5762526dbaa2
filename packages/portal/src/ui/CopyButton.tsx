import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { cx } from "./cx.ts";

/** Says in place that it copied: no toast for what one just did oneself. */
export function CopyButton({
  text,
  label = "Copy",
  className,
}: {
  readonly text: string | (() => string);
  readonly label?: string;
  readonly className?: string;
}) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(typeof text === "string" ? text : text());
    setCopied(true);
    setTimeout(() => setCopied(false), 1_600);
  };
  const Icon = isCopied ? Check : Copy;
  return (
    <button
      type="button"
      aria-label={isCopied ? "Copied" : label}
      title={isCopied ? "Copied" : label}
      onClick={() => void copy().catch(() => setCopied(false))}
      className={cx(
        "inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:bg-sunken hover:text-text",
        className,
      )}
    >
      <Icon aria-hidden className={cx("size-3.5", isCopied && "text-good")} />
    </button>
  );
}
