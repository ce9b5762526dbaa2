import { cx } from "./cx.ts";

/** Grey bars in the place of text. CSS keeps them invisible for the first 300 ms. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span aria-hidden className={cx("skeleton block h-4", className)} />;
}

export function SkeletonLines({ count = 3 }: { readonly count?: number }) {
  const widths = ["w-2/3", "w-full", "w-5/6", "w-1/2"];
  return (
    <div role="status" className="flex flex-col gap-3 py-2">
      <span className="sr-only">Loading</span>
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={index} className={widths[index % widths.length] ?? "w-full"} />
      ))}
    </div>
  );
}
