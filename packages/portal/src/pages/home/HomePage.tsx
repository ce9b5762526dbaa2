import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../../api/queries.ts";
import { Budgets } from "./Budgets.tsx";
import { NeedsAttention } from "./NeedsAttention.tsx";
import { RecentRuns } from "./RecentRuns.tsx";
import { RunningServices } from "./RunningServices.tsx";
import { StartSomething } from "./StartSomething.tsx";
import { useTitle } from "../use-title.ts";

/** What runs, what it costs, what changed, and where to begin. */
export function HomePage() {
  useTitle("Home");
  const me = useQuery(meQuery());
  return (
    <div className="flex flex-col gap-5">
      <h1 className="sr-only">Home{me.data ? ` of ${me.data.displayName}` : ""}</h1>
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,5fr)_minmax(20rem,2fr)]">
        <div className="flex min-w-0 flex-col gap-5">
          <NeedsAttention />
          <RunningServices />
          <RecentRuns />
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <StartSomething />
          <Budgets />
        </div>
      </div>
    </div>
  );
}
