/** A line without axes; `null` is a gap. The words beside it carry the meaning. */
export function Sparkline({
  label,
  values,
}: {
  readonly label: string;
  readonly values: readonly (number | null)[];
}) {
  const known = values.filter((value): value is number => value !== null);
  const top = Math.max(...known, 1e-9);
  const step = values.length > 1 ? 96 / (values.length - 1) : 0;
  let path = "";
  let isPenDown = false;
  for (const [at, value] of values.entries()) {
    if (value === null) {
      isPenDown = false;
      continue;
    }
    path += `${isPenDown ? "L" : "M"}${(2 + at * step).toFixed(1)} ${(22 - (value / top) * 20).toFixed(1)}`;
    isPenDown = true;
  }
  return (
    <svg role="img" aria-label={label} viewBox="0 0 100 24" className="h-6 w-24 text-accent">
      <path
        d={path}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
