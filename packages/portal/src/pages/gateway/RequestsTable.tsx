import type { UsageRecord } from "@causeway/contract";
import { ListFilter } from "lucide-react";
import { paths } from "../../paths.ts";
import { Empty } from "../../ui/Empty.tsx";
import { Link } from "../../ui/Link.tsx";
import { Count, Money } from "../../ui/Money.tsx";
import { Status, type StatusKind } from "../../ui/Status.tsx";
import { Table, type Column } from "../../ui/Table.tsx";
import { DurationText, Time } from "../../ui/Time.tsx";
import { EntityLink } from "../EntityLink.tsx";

const outcomes: Readonly<Record<UsageRecord["outcome"], { kind: StatusKind; word: string }>> = {
  succeeded: { kind: "succeeded", word: "Succeeded" },
  failed: { kind: "failed", word: "Failed" },
  cancelled: { kind: "paused", word: "Cancelled" },
  refused: { kind: "waitingForApproval", word: "Refused" },
};

const columns: readonly Column<UsageRecord>[] = [
  { id: "at", header: "Time", cell: (row) => <Time at={row.at} /> },
  {
    id: "outcome",
    header: "Outcome",
    cell: (row) => (
      <span className="flex flex-col">
        <Status {...outcomes[row.outcome]} />
        {row.errorCode !== null && (
          <code className="pl-5.5 font-mono text-12 text-muted">{row.errorCode}</code>
        )}
      </span>
    ),
  },
  {
    id: "principal",
    header: "Principal",
    cell: (row) => <EntityLink value={row.principal} />,
    hideBelow: "md",
  },
  {
    id: "model",
    header: "Model",
    cell: (row) => <EntityLink value={row.model} />,
    hideBelow: "lg",
  },
  { id: "operation", header: "Operation", cell: (row) => row.operation, hideBelow: "lg" },
  {
    id: "tokens",
    header: "Tokens in / out",
    align: "right",
    cell: (row) => (
      <span className="whitespace-nowrap">
        <Count value={row.inputTokens} /> / <Count value={row.outputTokens} />
        {row.estimated && <span title="The provider did not say; these are our counts."> ≈</span>}
      </span>
    ),
    hideBelow: "md",
  },
  {
    id: "ttft",
    header: "First token",
    align: "right",
    cell: (row) =>
      row.ttftMs === null ? (
        <span className="text-muted">–</span>
      ) : (
        <DurationText durationMs={row.ttftMs} />
      ),
    hideBelow: "lg",
  },
  {
    id: "took",
    header: "Took",
    align: "right",
    cell: (row) => <DurationText durationMs={row.durationMs} />,
    hideBelow: "lg",
  },
  {
    id: "cost",
    header: "Cost",
    align: "right",
    cell: (row) => <Money microUsd={row.costMicroUsd} kind={row.notional ? "notional" : "real"} />,
  },
  {
    id: "trace",
    header: "Trace",
    cell: (row) => (
      <Link
        href={paths.requests({ trace: row.traceId })}
        look="quiet"
        title={row.traceId}
        className="font-mono text-12"
      >
        {row.traceId.slice(0, 8)}
      </Link>
    ),
    hideBelow: "md",
  },
];

/** Attempts of the ledger. Those of one principal leave out what the page around them says. */
export function RequestsTable({
  rows,
  of,
}: {
  readonly rows: readonly UsageRecord[];
  readonly of: "everybody" | "one principal" | "a filter";
}) {
  const left =
    of === "one principal" ? columns.filter((column) => !saidAround.has(column.id)) : columns;
  return (
    <Table
      label="Requests"
      columns={left}
      rows={rows}
      rowKey={(row) => row.id}
      empty={
        <div className="p-3">
          <Empty icon={ListFilter} title="No request here">
            {of === "everybody"
              ? "Each attempt at a model stands here as one row of the ledger."
              : "The ledger holds no call of this one. What was just asked may take a second to arrive."}
          </Empty>
        </div>
      }
    />
  );
}

const saidAround = new Set(["principal", "operation", "took", "trace"]);
