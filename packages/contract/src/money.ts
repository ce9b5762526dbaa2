/** Money is an integer number of micro-USD (I8). Safe integers reach nine billion dollars. */
export type MicroUsd = number;

/** Price of one token kind: integer micro-USD for a million tokens ($0.15 per million = 150,000). */
export type Price = {
  readonly inputMicroUsdPerMillion: number;
  readonly outputMicroUsdPerMillion: number;
  /** A declared example price of an offline stand-in: shown as such, never added to real money. */
  readonly notional: boolean;
  /** The day from which this price holds, `YYYY-MM-DD`; pinned in every ledger row. */
  readonly since: string;
};

export type TokenCounts = { readonly inputTokens: number; readonly outputTokens: number };

/** Cost of one call: both parts summed exactly, then rounded up once to a whole micro-USD, so that the sum of
 *  rounded calls never lies below the true sum and a cap is never passed by rounding. */
export function costMicroUsd(tokens: TokenCounts, price: Price): MicroUsd {
  const exact =
    BigInt(tokens.inputTokens) * BigInt(price.inputMicroUsdPerMillion) +
    BigInt(tokens.outputTokens) * BigInt(price.outputMicroUsdPerMillion);
  return Number((exact + 999_999n) / 1_000_000n);
}

/** `"12.50"` dollars → 12,500,000. Undefined when the text is not a plain decimal with at most six places. */
export function parseUsd(text: string): MicroUsd | undefined {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (!match) return undefined;
  return Number(match[1]) * 1_000_000 + Number((match[2] ?? "").padEnd(6, "0"));
}

/** Micro-USD to a dollar text without loss: at least two places, at most six. */
export function formatUsd(amount: MicroUsd): string {
  const sign = amount < 0 ? "-" : "";
  const absolute = Math.abs(amount);
  const fraction = String(absolute % 1_000_000).padStart(6, "0");
  const shown = fraction.replace(/0{1,4}$/, "");
  return `${sign}$${Math.trunc(absolute / 1_000_000)}.${shown}`;
}
