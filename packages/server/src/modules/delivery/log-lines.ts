/** What is left of a stream after its last line break. */
export type OpenLine = { readonly text: string };
export const noOpenLine: OpenLine = { text: "" };

/** A line longer than this is cut into several. */
export const maxLineLength = 8_192;

/** Takes a piece of output and gives whole lines, without the secret. The open end is kept long enough that a secret
 *  which is cut by a piece's border, or by ours, is still found. */
export function foldOutput(
  open: OpenLine,
  piece: string,
  secret: string,
): { readonly open: OpenLine; readonly lines: readonly string[] } {
  const parts = (open.text + piece).split(/\r?\n/);
  let rest = parts.pop() ?? "";
  const lines = parts.flatMap((line) => cut(maskSecret(line, secret)));
  while (rest.length > maxLineLength + secret.length) {
    rest = maskSecret(rest, secret);
    const whole = rest.slice(0, maxLineLength);
    const end = secret === "" ? whole.length : whole.length - overlapAtEnd(rest, secret);
    lines.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return { open: { text: rest }, lines };
}

/** The last line of a stream that ended without a break. */
export function closeOutput(open: OpenLine, secret: string): readonly string[] {
  return open.text === "" ? [] : cut(maskSecret(open.text, secret));
}

function maskSecret(text: string, secret: string): string {
  return secret === "" ? text : text.replaceAll(secret, "[removed]");
}

/** How much of `text` before the cut could begin a secret that goes on behind it. */
function overlapAtEnd(text: string, secret: string): number {
  const before = text.slice(0, maxLineLength);
  for (let length = Math.min(secret.length - 1, before.length); length > 0; length--) {
    if (before.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}

function cut(line: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < line.length || at === 0; at += maxLineLength) {
    pieces.push(line.slice(at, at + maxLineLength));
  }
  return pieces;
}

/** Bytes that a service wrote in the running minute. */
export type LogBudget = {
  readonly minute: number;
  readonly usedBytes: number;
  readonly dropped: number;
};
export const freshLogBudget: LogBudget = { minute: -1, usedBytes: 0, dropped: 0 };

export type LogVerdict = {
  readonly budget: LogBudget;
  readonly keep: boolean;
  /** Lines of an earlier minute that were dropped and not yet reported. */
  readonly report: number;
};

/** A service that writes without end fills neither disk nor memory; what is dropped is counted and said. */
export function spendLogBudget(
  budget: LogBudget,
  line: { readonly bytes: number; readonly atMs: number },
  bytesPerMinute: number,
): LogVerdict {
  const minute = Math.floor(line.atMs / 60_000);
  const isNew = minute !== budget.minute;
  const report = isNew ? budget.dropped : 0;
  const current = isNew ? { minute, usedBytes: 0, dropped: 0 } : budget;
  const usedBytes = current.usedBytes + line.bytes;
  if (usedBytes > bytesPerMinute) {
    return { budget: { ...current, dropped: current.dropped + 1 }, keep: false, report };
  }
  return { budget: { ...current, usedBytes }, keep: true, report };
}
