import { useQuery } from "@tanstack/react-query";
import { CircleDollarSign } from "lucide-react";
import { budgetsQuery } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { Empty } from "../../ui/Empty.tsx";
import { MoreLink, Section } from "../../ui/Page.tsx";
import { BudgetMeter } from "../gateway/BudgetMeter.tsx";
import { Loaded } from "../Loaded.tsx";

export function Budgets() {
  const budgets = useQuery(budgetsQuery());
  return (
    <Section title="Budgets" aside={<MoreLink href={paths.gateway()}>Keys and usage</MoreLink>}>
      <Loaded query={budgets}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={CircleDollarSign} title="No budget yet">
              Each new service brings its own. Its calls stop at the cap, before the money is spent.
            </Empty>
          ) : (
            <ul className="flex flex-col gap-4">
              {items.map((budget) => (
                <li key={budget.ref}>
                  <BudgetMeter budget={budget} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}
