import { ScrollRegion } from "./ScrollRegion.tsx";
import { Code } from "./Code.tsx";
import { cx } from "./cx.ts";
import { isUnifiedDiff, parseDiff, type DiffLine } from "./diff-lines.ts";

const looks: Record<DiffLine["kind"], { readonly row: string; readonly sign: string }> = {
  added: { row: "bg-good-soft", sign: "+" },
  removed: { row: "bg-bad-soft", sign: "−" },
  same: { row: "", sign: " " },
  place: { row: "text-muted", sign: " " },
};

/** A unified diff, or the whole text where it is new. */
export function Diff({ text, label }: { readonly text: string; readonly label: string }) {
  if (!isUnifiedDiff(text)) return <Code text={text} label={label} />;
  return (
    <ScrollRegion label={label} className="rounded-md bg-sunken py-2">
      <pre className="font-mono text-12">
        {parseDiff(text).map((line, at) => (
          // Lines have no identity but their place.
          // oxlint-disable-next-line react/no-array-index-key
          <span key={at} className={cx("flex min-w-max px-3", looks[line.kind].row)}>
            <span
              aria-hidden
              className="w-8 shrink-0 pr-2 text-right text-muted select-none tabular"
            >
              {line.before}
            </span>
            <span
              aria-hidden
              className="w-8 shrink-0 pr-2 text-right text-muted select-none tabular"
            >
              {line.after}
            </span>
            <span className="w-4 shrink-0 select-none">{looks[line.kind].sign}</span>
            <span className="whitespace-pre">{line.text === "" ? " " : line.text}</span>
          </span>
        ))}
      </pre>
    </ScrollRegion>
  );
}
