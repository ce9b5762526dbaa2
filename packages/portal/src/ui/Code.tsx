import { ScrollRegion } from "./ScrollRegion.tsx";
import { CopyButton } from "./CopyButton.tsx";

/** Text of a file with line numbers that copying leaves out. */
export function Code({ text, label }: { readonly text: string; readonly label: string }) {
  const lines = text.replace(/\n$/, "").split("\n");
  return (
    <div className="group relative min-w-0">
      <ScrollRegion label={label} className="rounded-md bg-sunken py-2">
        <pre className="font-mono text-12">
          <code>
            {lines.map((line, at) => (
              // Lines have no identity but their place.
              // oxlint-disable-next-line react/no-array-index-key
              <span key={at} className="flex min-w-max px-3">
                <span
                  aria-hidden
                  className="w-8 shrink-0 pr-3 text-right text-muted select-none tabular"
                >
                  {at + 1}
                </span>
                <span className="whitespace-pre">{line === "" ? " " : line}</span>
              </span>
            ))}
          </code>
        </pre>
      </ScrollRegion>
      <CopyButton
        text={text}
        className="absolute top-1.5 right-1.5 bg-sunken opacity-0 group-hover:opacity-100 focus-visible:opacity-100"
      />
    </div>
  );
}
