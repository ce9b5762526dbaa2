import { isRunAtRest, runState } from "@causeway/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { FilterX } from "lucide-react";
import { runsQuery } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { useLinkBehaviour } from "../../ui/Link.tsx";
import { PageHeader } from "../../ui/Page.tsx";
import { Select } from "../../ui/Select.tsx";
import { Loaded } from "../Loaded.tsx";
import { runStatus } from "../status-of.ts";
import { useTitle } from "../use-title.ts";
import { RunsTable } from "./RunsTable.tsx";

const route = getRouteApi("/runs");
const stateOptions = runState.options.map((state) => ({
  value: state,
  label: runStatus(state).word,
}));

export function RunsPage() {
  useTitle("Runs");
  const { state, template } = route.useSearch();
  const links = useLinkBehaviour();
  const runs = useInfiniteQuery({
    ...runsQuery({ state, templateRef: template }),
    refetchInterval: (query) => {
      const first = query.state.data?.pages[0]?.items ?? [];
      return first.some((run) => !isRunAtRest(run.state)) ? 2_000 : 15_000;
    },
  });
  const isFiltered = state !== undefined || template !== undefined;
  return (
    <>
      <PageHeader
        title="Runs"
        actions={
          <Select
            data-filter
            aria-label="State"
            placeholder="Every state"
            options={stateOptions}
            value={state ?? ""}
            onChange={(event) =>
              links?.navigate(
                paths.runs({ state: event.target.value, ...(template ? { template } : {}) }),
              )
            }
            className="w-52"
          />
        }
      />
      <div className="rounded-md border bg-surface">
        <Loaded query={runs} skeleton={<RunsTable runs={undefined} />}>
          {(data) => (
            <RunsTable
              runs={data.pages.flatMap((page) => page.items)}
              {...(isFiltered ? { empty: noMatch } : {})}
            />
          )}
        </Loaded>
      </div>
      {runs.hasNextPage && (
        <div className="flex justify-center pt-4">
          <Button isBusy={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
            Show older runs
          </Button>
        </div>
      )}
    </>
  );
}

const noMatch = (
  <Empty
    icon={FilterX}
    title="No run matches"
    action={<ButtonLink href={paths.runs()}>Show all runs</ButtonLink>}
  >
    No run is in this state now.
  </Empty>
);
