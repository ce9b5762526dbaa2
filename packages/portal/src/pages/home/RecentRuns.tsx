import { useQuery } from "@tanstack/react-query";
import { recentRunsQuery } from "../../api/queries.ts";
import { isRunAtRest } from "@causeway/contract";
import { paths } from "../../paths.ts";
import { MoreLink, Section } from "../../ui/Page.tsx";
import { Loaded } from "../Loaded.tsx";
import { RunsTable } from "../runs/RunsTable.tsx";

export function RecentRuns() {
  const runs = useQuery({
    ...recentRunsQuery({ limit: 8 }),
    // While something moves, look often; else now and then.
    refetchInterval: (query) =>
      query.state.data?.some((run) => !isRunAtRest(run.state)) === true ? 1_500 : 10_000,
  });
  return (
    <Section title="Recent runs" isFlush aside={<MoreLink href={paths.runs()}>All runs</MoreLink>}>
      <Loaded query={runs} skeleton={<RunsTable runs={undefined} />}>
        {(items) => <RunsTable runs={items} />}
      </Loaded>
    </Section>
  );
}
