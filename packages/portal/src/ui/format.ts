import { formatUsd } from "@causeway/contract";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const integer = new Intl.NumberFormat("en");

/** `12 s ago`, `in 3 d`; under five seconds `just now`. */
export function formatRelative(at: number, now: number): string {
  const distance = Math.abs(at - now);
  if (distance < 5 * second) return "just now";
  const text = oneUnit(distance);
  return at < now ? `${text} ago` : `in ${text}`;
}

function oneUnit(distanceMs: number): string {
  if (distanceMs < minute) return `${Math.floor(distanceMs / second)} s`;
  if (distanceMs < hour) return `${Math.floor(distanceMs / minute)} min`;
  if (distanceMs < day) return `${Math.floor(distanceMs / hour)} h`;
  if (distanceMs < 60 * day) return `${Math.floor(distanceMs / day)} d`;
  return `${Math.floor(distanceMs / (30 * day))} months`;
}

/** `340 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < second) return `${Math.round(durationMs)} ms`;
  // 59.96 s would round to "60.0 s".
  if (durationMs < minute - 50) return `${(durationMs / second).toFixed(1)} s`;
  if (durationMs < hour) return twoUnits(durationMs, { unit: minute, name: "min", next: "s" });
  if (durationMs < day) return twoUnits(durationMs, { unit: hour, name: "h", next: "min" });
  return twoUnits(durationMs, { unit: day, name: "d", next: "h" });
}

function twoUnits(
  durationMs: number,
  { unit, name, next }: { unit: number; name: string; next: "s" | "min" | "h" },
): string {
  const small = { s: second, min: minute, h: hour }[next];
  const total = Math.round(durationMs / small);
  const each = Math.round(unit / small);
  const rest = total % each;
  return `${Math.floor(total / each)} ${name}${rest === 0 ? "" : ` ${rest} ${next}`}`;
}

const byteUnits = ["B", "KB", "MB", "GB", "TB"];

export function formatBytes(bytes: number): string {
  let value = bytes;
  let at = 0;
  while (value >= 999.5 && at < byteUnits.length - 1) {
    value /= 1_000;
    at += 1;
  }
  return `${at === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${byteUnits[at]}`;
}

export function formatCount(count: number): string {
  return integer.format(count);
}

/** Money for reading: cents from ten dollars up, the exact value below, where a call costs fractions of a cent. */
export function formatMoney(microUsd: number): string {
  if (Math.abs(microUsd) < 10_000_000) return formatUsd(microUsd);
  const [whole = "", fraction = "00"] = Math.abs(microUsd / 1_000_000)
    .toFixed(2)
    .split(".");
  return `${microUsd < 0 ? "-" : ""}$${integer.format(Number(whole))}.${fraction}`;
}

export function formatPercent(share: number): string {
  if (share > 0 && share < 0.01) return "< 1 %";
  return `${Math.round(share * 100)} %`;
}

/** `1 step`, `4 steps`. */
export function formatPlural(count: number, noun: string): string {
  return `${integer.format(count)} ${noun}${count === 1 ? "" : "s"}`;
}

const absolute = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});

export function formatAbsolute(at: number): string {
  return absolute.format(at);
}

const clockTime = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

export function formatClock(at: number): string {
  return clockTime.format(at);
}
