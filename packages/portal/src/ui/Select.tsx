import { ChevronDown } from "lucide-react";
import type { SelectHTMLAttributes } from "react";
import { cx } from "./cx.ts";
import { controlFrame } from "./Field.tsx";

export type SelectOption = { readonly value: string; readonly label: string };

/** The browser's own select: best on phones and with screen readers, and needs no script for its list. */
export function Select({
  options,
  placeholder,
  className,
  ...rest
}: SelectHTMLAttributes<HTMLSelectElement> & {
  readonly options: readonly SelectOption[];
  readonly placeholder?: string;
}) {
  return (
    <div className={cx("relative", className)}>
      <select {...rest} className={cx(controlFrame, "h-8 appearance-none pr-8 pl-2.5 text-13")}>
        {placeholder !== undefined && <option value="">{placeholder}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-2 right-2.5 size-4 text-muted"
      />
    </div>
  );
}
