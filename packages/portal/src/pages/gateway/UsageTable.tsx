import type { UsageReport } from "@causeway/contract";
import { Gauge } from "lucide-react";
import { findEntityPath, paths } from "../../paths.ts";
import { Empty } from "../../ui/Empty.tsx";
import { Link } from "../../ui/Link.tsx";
import { Count, SpendPair } from "../../ui/Money.tsx";
import { Ref } from "../../ui/Ref.tsx";
import { Table, type Column } from "../../ui/Table.tsx";
import { DurationText, Unknown } from "../../ui/Time.tsx";

type Row = UsageReport["rows"][number];

/** Usage by one dimension; each count leads to its requests where they can be told apart. */
export function UsageTable({
  report,
  keyHeader,
  principal,
}: {
  readonly report: UsageReport;
  readonly keyHeader: string;
  /** Whose calls these are, when the rows do not say. */
  readonly principal?: string;
}) {
  const requestsOf = (row: Row) =>
    report.groupBy === "principal"
      ? paths.requests({ principal: row.key })
      : paths.requests(principal === undefined ? {} : { principal });
  return (
    <Table
      label={`Usage by ${keyHeader.toLowerCase()}`}
      columns={columnsOf(keyHeader, requestsOf)}
      rows={report.rows}
      rowKey={(row) => row.key}
      empty={
        <div className="p-3">
          <Empty icon={Gauge} title="No call yet this month">
            Each call through the gateway is counted here: who, which model, what it cost.
          </Empty>
        </div>
      }
    />
  );
}

function columnsOf(keyHeader: string, requestsOf: (row: Row) => string): Column<Row>[] {
  return [
    {
      id: "key",
      header: keyHeader,
      cell: (row) => <Ref value={row.key} href={findEntityPath(row.key)} />,
      sortValue: (row) => row.key,
    },
    {
      id: "requests",
      header: "Requests",
      align: "right",
      cell: (row) => (
        <Link href={requestsOf(row)} look="quiet">
          <Count value={row.requests} />
        </Link>
      ),
      sortValue: (row) => row.requests,
    },
    {
      id: "failed",
      header: "Failed",
      align: "right",
      cell: (row) => (
        <span className={row.failed > 0 ? "text-bad" : "text-muted"}>
          <Count value={row.failed} />
        </span>
      ),
      sortValue: (row) => row.failed,
      hideBelow: "md",
    },
    {
      id: "tokens",
      header: "Tokens in / out",
      align: "right",
      cell: (row) => (
        <span className="whitespace-nowrap">
          <Count value={row.inputTokens} /> / <Count value={row.outputTokens} />
        </span>
      ),
      sortValue: (row) => row.inputTokens + row.outputTokens,
      hideBelow: "md",
    },
    {
      id: "p50",
      header: "p50 / p95",
      align: "right",
      cell: (row) => (
        <span className="whitespace-nowrap">
          <DurationText durationMs={row.p50DurationMs} /> /{" "}
          <DurationText durationMs={row.p95DurationMs} />
        </span>
      ),
      sortValue: (row) => row.p50DurationMs,
      hideBelow: "lg",
    },
    {
      id: "cost",
      header: "Cost",
      align: "right",
      cell: (row) => <CostCell row={row} />,
      sortValue: (row) => row.costMicroUsd + row.notionalMicroUsd,
    },
  ];
}

function CostCell({ row }: { readonly row: Row }) {
  const isAllUnpriced = row.unpriced === row.requests && row.requests > 0;
  if (isAllUnpriced) return <Unknown why="No price is known for these calls." />;
  return (
    <>
      <SpendPair spentMicroUsd={row.costMicroUsd} notionalMicroUsd={row.notionalMicroUsd} />
      {row.unpriced > 0 && (
        <>
          {" + "}
          <Unknown why={`${row.unpriced} calls have no known price`} />
        </>
      )}
    </>
  );
}
