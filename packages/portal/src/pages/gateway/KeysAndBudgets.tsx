import type { KeyView } from "@causeway/contract";
import { useQuery } from "@tanstack/react-query";
import { CircleDollarSign, KeyRound } from "lucide-react";
import { budgetsQuery, keysQuery } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Link } from "../../ui/Link.tsx";
import { Section } from "../../ui/Page.tsx";
import { Table, type Column } from "../../ui/Table.tsx";
import { Time } from "../../ui/Time.tsx";
import { EntityLink } from "../EntityLink.tsx";
import { Loaded } from "../Loaded.tsx";
import { BudgetMeter } from "./BudgetMeter.tsx";

const columns: readonly Column<KeyView>[] = [
  {
    id: "name",
    header: "Key",
    cell: (key) => (
      <span className="flex items-center gap-2">
        <Link
          href={paths.requests({ principal: key.principal })}
          look="quiet"
          className="font-medium"
        >
          {key.name}
        </Link>
        {key.revokedAt !== null && <Badge tone="bad">revoked</Badge>}
      </span>
    ),
    sortValue: (key) => key.name,
  },
  {
    id: "principal",
    header: "Calls as",
    cell: (key) => <EntityLink value={key.principal} />,
    sortValue: (key) => key.principal,
  },
  {
    id: "owner",
    header: "Owner",
    cell: (key) => <EntityLink value={key.owner} />,
    sortValue: (key) => key.owner,
    hideBelow: "md",
  },
  {
    id: "routes",
    header: "Routes",
    cell: (key) =>
      key.routes === "*" ? (
        "all"
      ) : (
        <span className="flex flex-wrap gap-x-3">
          {key.routes.map((ref) => (
            <EntityLink key={ref} value={ref} />
          ))}
        </span>
      ),
    hideBelow: "lg",
  },
  {
    id: "budget",
    header: "Budget",
    cell: (key) =>
      key.budgetRef === null ? (
        <Badge tone="warn">no cap</Badge>
      ) : (
        <EntityLink value={key.budgetRef} />
      ),
    hideBelow: "lg",
  },
  {
    id: "used",
    header: "Last used",
    align: "right",
    cell: (key) => <Time at={key.lastUsedAt} />,
    sortValue: (key) => (key.lastUsedAt === null ? null : Date.parse(key.lastUsedAt)),
  },
];

export function KeysAndBudgets() {
  const keys = useQuery(keysQuery());
  const budgets = useQuery(budgetsQuery());
  return (
    <div className="flex flex-col gap-5">
      <Section title="Keys" isFlush aside={keys.data?.length}>
        <Loaded query={keys}>
          {(items) => (
            <Table
              label="Keys"
              columns={columns}
              rows={items}
              rowKey={(key) => key.id}
              empty={
                <div className="p-3">
                  <Empty
                    icon={KeyRound}
                    title="No key yet"
                    command="npx causeway key create --help"
                  >
                    A key is the one credential of a service: it says which routes it may call and
                    which budget pays. Creating a service issues one.
                  </Empty>
                </div>
              }
            />
          )}
        </Loaded>
      </Section>
      <Section title="Budgets" aside={budgets.data?.length}>
        <Loaded query={budgets}>
          {(items) =>
            items.length === 0 ? (
              <Empty icon={CircleDollarSign} title="No budget yet">
                A budget is a hard cap over a window; calls past it are refused before they cost.
              </Empty>
            ) : (
              <ul className="grid gap-x-8 gap-y-5 md:grid-cols-2 xl:grid-cols-3">
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
    </div>
  );
}
