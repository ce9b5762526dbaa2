import { ArrowDownToLine } from "lucide-react";
import { useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { Button } from "./Button.tsx";
import { CopyButton } from "./CopyButton.tsx";
import { cx } from "./cx.ts";
import { FilterInput } from "./Field.tsx";
import {
  filterLines,
  logRowHeight,
  toPlainText,
  visibleRange,
  type LogLine,
} from "./log-window.ts";

const levelLooks: Record<LogLine["level"], string> = {
  debug: "text-muted",
  info: "",
  warn: "text-warn",
  error: "text-bad",
  // Not an error by itself: many programs write all their notes there.
  stderr: "text-warn",
  platform: "text-info",
};

export type LogProps = {
  readonly label: string;
  readonly lines: readonly LogLine[];
  /** Said while there is nothing. */
  readonly empty: ReactNode;
  readonly className?: string;
};

/** Draws only what is seen, follows the end until one scrolls up, searches, copies. */
export function Log({ label, lines, empty, className }: LogProps) {
  const [query, setQuery] = useState("");
  const [isFollowing, setFollowing] = useState(true);
  const [view, setView] = useState({ top: 0, height: 400 });
  const box = useRef<HTMLDivElement>(null);
  const shown = filterLines(lines, query);
  const { first, last } = visibleRange(view.top, view.height, shown.length);

  // After each drawing: more lines, a search, another width all move the end.
  useLayoutEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  });

  const onScroll = () => {
    if (!box.current) return;
    const { scrollTop, clientHeight, scrollHeight } = box.current;
    setView({ top: scrollTop, height: clientHeight });
    setFollowing(scrollTop + clientHeight >= scrollHeight - logRowHeight);
  };

  return (
    <div className={cx("flex min-h-0 flex-col", className)}>
      <div className="flex items-center gap-2 border-b px-2 py-1.5">
        <FilterInput
          aria-label={`Search ${label}`}
          placeholder="Search"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          className="flex-1"
        />
        <span className="tabular px-1 text-12 whitespace-nowrap text-muted" role="status">
          {query === "" ? `${lines.length} lines` : `${shown.length} of ${lines.length}`}
        </span>
        <CopyButton text={() => toPlainText(shown)} label="Copy these lines" className="size-8" />
      </div>
      <div className="relative min-h-0 flex-1">
        <div
          ref={box}
          onScroll={onScroll}
          role="log"
          aria-live="off"
          aria-label={label}
          // A scrolling region must be reachable by keyboard.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          className="h-full overflow-auto py-1 font-mono text-12 -outline-offset-2"
        >
          {shown.length === 0 && (
            <div className="px-3 py-2 font-sans text-13 text-muted">{empty}</div>
          )}
          <div style={{ height: shown.length * logRowHeight, position: "relative" }}>
            <div style={{ transform: `translateY(${first * logRowHeight}px)` }}>
              {shown.slice(first, last).map((line) => (
                <LogRow key={line.key} line={line} />
              ))}
            </div>
          </div>
        </div>
        {!isFollowing && (
          <Button
            size="small"
            icon={ArrowDownToLine}
            onClick={() => setFollowing(true)}
            className="absolute right-4 bottom-3 shadow-float"
          >
            Follow
          </Button>
        )}
      </div>
    </div>
  );
}

function LogRow({ line }: { readonly line: LogLine }) {
  return (
    <div
      className={cx(
        "flex h-5 min-w-max gap-3 px-3 leading-5 hover:bg-hover",
        levelLooks[line.level],
      )}
    >
      <span className="text-muted tabular">{line.time}</span>
      {line.source !== undefined && (
        <span className="w-28 shrink-0 truncate text-muted" title={line.source}>
          {line.source}
        </span>
      )}
      {line.level === "warn" || line.level === "error" ? (
        <span className="font-semibold">{line.level}</span>
      ) : null}
      <span className="whitespace-pre">{line.text}</span>
    </div>
  );
}
