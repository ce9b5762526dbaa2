import { cx } from "./cx.ts";
import { Link } from "./Link.tsx";

/** An address of the platform in monospace; the whole of it on hover. */
export function Ref({
  value,
  href,
  isPlain = false,
}: {
  readonly value: string;
  readonly href?: string | undefined;
  /** Without the default namespace and in the reading face: for headings. */
  readonly isPlain?: boolean;
}) {
  const text = shortenRef(value);
  const face = isPlain ? "" : "font-mono text-12";
  if (href === undefined) {
    return (
      <span title={value} className={cx(face, "break-words text-muted md:whitespace-nowrap")}>
        {text}
      </span>
    );
  }
  return (
    <Link
      href={href}
      look="quiet"
      title={value}
      className={cx(face, "break-words md:whitespace-nowrap")}
    >
      {text}
    </Link>
  );
}

/** `component:default/docs-bot` → `component:docs-bot`: the default namespace says nothing. */
export function shortenRef(ref: string): string {
  return ref.replace(/^([a-z]+:)default\//, "$1");
}
