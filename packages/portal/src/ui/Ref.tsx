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
  // A narrow card breaks it after its separators, and inside a word only when that is not enough.
  const breakable = shortenRef(value)
    .split(/(?<=[:/@])/u)
    .flatMap((part, at) => (at === 0 ? [part] : [<wbr key={part} />, part]));
  const face = cx("break-words in-[td]:md:whitespace-nowrap", !isPlain && "font-mono text-12");
  if (href === undefined) {
    return (
      <span title={value} className={cx(face, "text-muted")}>
        {breakable}
      </span>
    );
  }
  return (
    <Link href={href} look="quiet" title={value} className={face}>
      {breakable}
    </Link>
  );
}

/** `component:default/docs-bot` → `component:docs-bot`: the default namespace says nothing. */
export function shortenRef(ref: string): string {
  return ref.replace(/^([a-z]+:)default\//, "$1");
}
