import { parseEntityRef, type BudgetView } from "@causeway/contract";
import { paths } from "../../paths.ts";
import { formatMoney, formatPercent } from "../../ui/format.ts";
import { Link } from "../../ui/Link.tsx";
import { Meter } from "../../ui/Meter.tsx";
import { Money, SpendPair } from "../../ui/Money.tsx";
import { Time } from "../../ui/Time.tsx";
import { useNow } from "../../ui/use-now.ts";

/** How much of a cap is used, and where steady spending would stand now. */
export function BudgetMeter({ budget }: { readonly budget: BudgetView }) {
  const now = useNow();
  const start = Date.parse(budget.windowStart);
  const pace = Math.min(1, (now - start) / (Date.parse(budget.resetsAt) - start));
  const used = budget.spentMicroUsd + budget.notionalMicroUsd;
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-baseline justify-between gap-3 text-13">
        <Link
          href={paths.entity(budget.subject, spendTab(budget.subject))}
          look="quiet"
          title={budget.subject}
        >
          <span className="font-medium break-words">{parseEntityRef(budget.subject).name}</span>
        </Link>
        <span className="text-right text-muted">
          <SpendPair
            spentMicroUsd={budget.spentMicroUsd}
            notionalMicroUsd={budget.notionalMicroUsd}
          />
          <span className="whitespace-nowrap">
            {" "}
            of <Money microUsd={budget.capMicroUsd} />
          </span>
        </span>
      </div>
      <Meter
        label={`Budget of ${budget.subject}`}
        value={budget.spentMicroUsd}
        hatchedValue={budget.notionalMicroUsd}
        cap={budget.capMicroUsd}
        pace={pace}
        valueText={`${formatMoney(used)} of ${formatMoney(budget.capMicroUsd)}`}
      />
      <p className="flex flex-wrap justify-between gap-x-3 text-12 text-muted">
        <span>
          per {budget.window}, {formatPercent(pace)} of it passed (tick)
        </span>
        <span>
          resets <Time at={budget.resetsAt} />
        </span>
      </p>
    </div>
  );
}

function spendTab(subject: string): string | undefined {
  return subject.startsWith("component:") ? "spend" : undefined;
}
