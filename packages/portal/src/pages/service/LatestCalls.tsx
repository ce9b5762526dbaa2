import { useQuery } from "@tanstack/react-query";
import { recentRequestsQuery } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { MoreLink, Section } from "../../ui/Page.tsx";
import { RequestsTable } from "../gateway/RequestsTable.tsx";
import { Loaded } from "../Loaded.tsx";

/** The last few model calls of a service, as the ledger has them. */
export function LatestCalls({ principal }: { readonly principal: string }) {
  const requests = useQuery(recentRequestsQuery(principal));
  return (
    <Section
      title="Latest model calls"
      isFlush
      aside={<MoreLink href={paths.requests({ principal })}>All calls</MoreLink>}
    >
      <Loaded query={requests}>
        {(items) => <RequestsTable rows={items} of="one principal" />}
      </Loaded>
    </Section>
  );
}
