import { CircleAlert, Search } from "lucide-react";
import type { InputHTMLAttributes, ReactNode, Ref, TextareaHTMLAttributes } from "react";
import { cx } from "./cx.ts";

export const controlFrame =
  "w-full rounded-md border border-border-strong bg-surface text-text placeholder:text-muted hover:border-text/60 disabled:bg-sunken disabled:text-muted aria-invalid:border-bad aria-invalid:hover:border-bad";

export type FieldProps = {
  /** Id of the control inside. */
  readonly id: string;
  readonly label: ReactNode;
  readonly isRequired?: boolean;
  readonly help?: ReactNode;
  readonly errors?: readonly string[];
  readonly children: ReactNode;
};

/** Label, control, help, errors. The control takes `describeField(id, …)` as `aria-describedby`. */
export function Field({ id, label, isRequired = false, help, errors = [], children }: FieldProps) {
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="flex items-baseline gap-2 text-13 font-medium">
        {label}
        {!isRequired && <span className="text-12 font-normal text-muted">optional</span>}
      </label>
      {children}
      <FieldErrors id={id} errors={errors} />
      {help !== undefined && help !== "" && (
        <div id={`${id}__help`} className="text-12 text-muted">
          {help}
        </div>
      )}
    </div>
  );
}

export function FieldErrors({ id, errors }: { id: string; errors: readonly string[] }) {
  if (errors.length === 0) return null;
  return (
    <ul id={`${id}__error`} className="flex flex-col gap-0.5 text-12 text-bad">
      {errors.map((error) => (
        <li key={error} className="flex items-start gap-1">
          <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
          {error}
        </li>
      ))}
    </ul>
  );
}

export function describeField(id: string, errors: readonly string[] = []) {
  return {
    "aria-describedby": errors.length > 0 ? `${id}__error ${id}__help` : `${id}__help`,
    "aria-invalid": errors.length > 0 ? true : undefined,
  } as const;
}

export type TextInputProps = InputHTMLAttributes<HTMLInputElement> & {
  readonly ref?: Ref<HTMLInputElement>;
};

export function TextInput({ className, ...rest }: TextInputProps) {
  return <input {...rest} className={cx(controlFrame, "h-8 px-2.5 text-13", className)} />;
}

export function TextArea({ className, ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <textarea
      rows={3}
      {...rest}
      className={cx(controlFrame, "min-h-16 resize-y px-2.5 py-1.5 text-13", className)}
    />
  );
}

/** A filter above a list; `/` focuses the first of a page. */
export function FilterInput({ className, ...rest }: TextInputProps) {
  return (
    <div className={cx("relative", className)}>
      <Search
        aria-hidden
        className="pointer-events-none absolute top-2 left-2.5 size-4 text-muted"
      />
      <TextInput type="search" data-filter className="pl-8" {...rest} />
    </div>
  );
}

export function Checkbox({
  label,
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { readonly label: ReactNode }) {
  return (
    <label className="flex items-start gap-2 text-13">
      <input type="checkbox" {...rest} className="mt-0.5 size-4 shrink-0 accent-accent" />
      <span>{label}</span>
    </label>
  );
}
