import { formatUsd } from "@causeway/contract";
import { formatBytes, formatCount, formatMoney } from "./format.ts";
import { Unknown } from "./Time.tsx";

const notionalMeaning =
  "Notional: the declared example price of an offline stand-in, not money that anybody pays.";

export type MoneyProps = {
  /** `null` = unknown price. */
  readonly microUsd: number | null;
  readonly kind?: "real" | "notional";
  readonly per?: "month" | undefined;
};

export function Money({ microUsd, kind = "real", per }: MoneyProps) {
  if (microUsd === null) return <Unknown why="The price is unknown." />;
  const unit = per === undefined ? "" : ` / ${per}`;
  if (kind === "real") {
    return (
      <span className="tabular whitespace-nowrap" title={formatUsd(microUsd)}>
        {formatMoney(microUsd)}
        {unit}
      </span>
    );
  }
  return (
    <span
      className="tabular whitespace-nowrap"
      title={`${formatUsd(microUsd)}. ${notionalMeaning}`}
    >
      <span className="notional">
        {formatMoney(microUsd)}
        {unit}
      </span>
      <span className="ml-1 text-12 text-muted">notional</span>
    </span>
  );
}

/** Real and notional money side by side; they are never added. */
export function SpendPair({
  spentMicroUsd,
  notionalMicroUsd,
}: {
  readonly spentMicroUsd: number;
  readonly notionalMicroUsd: number;
}) {
  if (notionalMicroUsd === 0) return <Money microUsd={spentMicroUsd} />;
  if (spentMicroUsd === 0) return <Money microUsd={notionalMicroUsd} kind="notional" />;
  return (
    <span className="whitespace-nowrap">
      <Money microUsd={spentMicroUsd} /> + <Money microUsd={notionalMicroUsd} kind="notional" />
    </span>
  );
}

export function Count({ value }: { readonly value: number }) {
  return <span className="tabular">{formatCount(value)}</span>;
}

export function Bytes({ value }: { readonly value: number }) {
  return (
    <span className="tabular whitespace-nowrap" title={`${formatCount(value)} bytes`}>
      {formatBytes(value)}
    </span>
  );
}
