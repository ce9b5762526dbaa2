import { useInfiniteQuery } from "@tanstack/react-query";
import { ListFilter, X } from "lucide-react";
import { requestsQuery } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Section } from "../../ui/Page.tsx";
import { Loaded } from "../Loaded.tsx";
import { RequestsTable } from "./RequestsTable.tsx";

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
          <RequestsTable
            rows={data.pages.flatMap((page) => page.items)}
            of={isFiltered ? "a filter" : "everybody"}
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
