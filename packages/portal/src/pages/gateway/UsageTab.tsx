import { usageGroupBy } from "@causeway/contract";
import { useQuery } from "@tanstack/react-query";
import { usageQuery } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { useLinkBehaviour } from "../../ui/Link.tsx";
import { Count, SpendPair } from "../../ui/Money.tsx";
import { Section } from "../../ui/Page.tsx";
import { Select } from "../../ui/Select.tsx";
import { formatAbsolute } from "../../ui/format.ts";
import { Loaded } from "../Loaded.tsx";
import { UsageTable } from "./UsageTable.tsx";

const options = usageGroupBy.options.map((value) => ({ value, label: `by ${value}` }));

export function UsageTab({ groupBy }: { readonly groupBy: string | undefined }) {
  const chosen = usageGroupBy.safeParse(groupBy).data ?? "principal";
  const usage = useQuery(usageQuery({ groupBy: chosen }));
  const links = useLinkBehaviour();
  return (
    <Section
      title="Usage this month"
      isFlush
      aside={
        <Select
          data-filter
          aria-label="Grouped"
          options={options}
          value={chosen}
          onChange={(event) => links?.navigate(paths.usage({ by: event.target.value }))}
          className="w-36"
        />
      }
    >
      <Loaded query={usage}>
        {(report) => (
          <>
            <UsageTable
              report={report}
              keyHeader={`${chosen.slice(0, 1).toUpperCase()}${chosen.slice(1)}`}
            />
            {report.rows.length > 0 && (
              <p className="flex flex-wrap justify-between gap-x-6 border-t px-3 py-2 text-13">
                <span className="text-muted">since {formatAbsolute(Date.parse(report.from))}</span>
                <span>
                  <Count value={report.total.requests} /> requests,{" "}
                  <SpendPair
                    spentMicroUsd={report.total.costMicroUsd}
                    notionalMicroUsd={report.total.notionalMicroUsd}
                  />
                </span>
              </p>
            )}
          </>
        )}
      </Loaded>
    </Section>
  );
}
