import type { UsageRecord } from "@causeway/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ListFilter, X } from "lucide-react";
import { requestsQuery } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Link } from "../../ui/Link.tsx";
import { Count, Money } from "../../ui/Money.tsx";
import { Section } from "../../ui/Page.tsx";
import { Status, type StatusKind } from "../../ui/Status.tsx";
import { Table, type Column } from "../../ui/Table.tsx";
import { DurationText, Time } from "../../ui/Time.tsx";
import { EntityLink } from "../EntityLink.tsx";
import { Loaded } from "../Loaded.tsx";

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
      <span className="flex items-center gap-2">
        <Status {...outcomes[row.outcome]} />
        {row.errorCode !== null && <code className="font-mono text-12">{row.errorCode}</code>}
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

export function RequestsTab({
  principal,
  traceId,
}: {
  readonly principal: string | undefined;
  readonly traceId: string | undefined;
}) {
  const requests = useInfiniteQuery(requestsQuery({ principal, traceId }));
  const isFiltered = principal !== undefined || traceId !== undefined;
  return (
    <Section
      title="Requests, newest first"
      isFlush
      aside={
        isFiltered && (
          <>
            <ListFilter aria-hidden className="size-3.5" />
            <span className="font-mono break-all">{principal ?? traceId}</span>
            <ButtonLink href={paths.requests()} size="small" icon={X}>
              All requests
            </ButtonLink>
          </>
        )
      }
    >
      <Loaded query={requests}>
        {(data) => (
          <Table
            label="Requests"
            columns={columns}
            rows={data.pages.flatMap((page) => page.items)}
            rowKey={(row) => row.id}
            empty={
              <div className="p-3">
                <Empty icon={ListFilter} title="No request here">
                  {isFiltered
                    ? "The ledger holds no call of this one. What was just asked may take a second to arrive."
                    : "Each attempt at a model stands here as one row of the ledger."}
                </Empty>
              </div>
            }
          />
        )}
      </Loaded>
      {requests.hasNextPage && (
        <div className="flex justify-center border-t p-2">
          <Button
            size="small"
            isBusy={requests.isFetchingNextPage}
            onClick={() => void requests.fetchNextPage()}
          >
            Show older requests
          </Button>
        </div>
      )}
      {requests.data?.pages[0]?.items.some((row) => row.notional) === true && (
        <p className="flex items-center gap-2 border-t px-3 py-2 text-12 text-muted">
          <Badge>notional</Badge> the declared example price of an offline stand-in; nobody pays it.
        </p>
      )}
    </Section>
  );
}
