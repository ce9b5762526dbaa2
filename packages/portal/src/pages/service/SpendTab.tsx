import { useQuery } from "@tanstack/react-query";
import { CircleDollarSign } from "lucide-react";
import { useState } from "react";
import { budgetsQuery, usageQuery } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { Chart } from "../../ui/Chart.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { MoreLink, Section } from "../../ui/Page.tsx";
import { Segments } from "../../ui/Tabs.tsx";
import { BudgetMeter } from "../gateway/BudgetMeter.tsx";
import { UsageTable } from "../gateway/UsageTable.tsx";
import { Loaded } from "../Loaded.tsx";
import {
  formatChartMoney,
  formatSpendTime,
  toSpendSeries,
  type SpendGrain,
} from "./spend-series.ts";

/** Where a principal's money went: the cap, time, and models. */
export function SpendTab({ principal }: { readonly principal: string }) {
  const budgets = useQuery(budgetsQuery());
  const byModel = useQuery(usageQuery({ groupBy: "model", principal }));
  const mine = budgets.data?.filter((budget) => budget.subject === principal) ?? [];
  return (
    <div className="flex flex-col gap-5">
      {mine.length > 0 && (
        <Section title="Budget">
          <div className="max-w-2xl">
            {mine.map((budget) => (
              <BudgetMeter key={budget.ref} budget={budget} />
            ))}
          </div>
        </Section>
      )}
      <SpendOverTime principal={principal} />
      <Section
        title="By model this month"
        isFlush
        aside={<MoreLink href={paths.requests({ principal })}>Each request</MoreLink>}
      >
        <Loaded query={byModel}>
          {(report) => <UsageTable report={report} keyHeader="Model" principal={principal} />}
        </Loaded>
      </Section>
    </div>
  );
}

function SpendOverTime({ principal }: { readonly principal: string }) {
  const [grain, setGrain] = useState<SpendGrain>("hour");
  const usage = useQuery(usageQuery({ groupBy: grain, principal }));
  return (
    <Section
      title="Spend over time"
      aside={
        <Segments
          label="Grain"
          current={grain}
          onChange={setGrain}
          segments={[
            { id: "hour", label: "Last 24 hours" },
            { id: "day", label: "This month" },
          ]}
        />
      }
    >
      <Loaded query={usage}>
        {(report) => {
          const data = toSpendSeries(report, grain, Date.parse(report.to));
          if (report.total.requests === 0) {
            return (
              <Empty icon={CircleDollarSign} title="No call yet this month">
                Each model call of this service would stand here with its price.
              </Empty>
            );
          }
          return (
            <Chart
              title="When did it spend?"
              unit={`US dollars per ${grain}`}
              times={data.times}
              series={data.series}
              format={formatChartMoney}
              formatTime={grain === "hour" ? formatSpendTime.hour : formatSpendTime.day}
            />
          );
        }}
      </Loaded>
    </Section>
  );
}
