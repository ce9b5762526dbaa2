import { useQuery } from "@tanstack/react-query";
import { budgetsQuery, recentRunsQuery, servicesQuery } from "../../api/queries.ts";
import { Link } from "../../ui/Link.tsx";
import { Section } from "../../ui/Page.tsx";
import { StatusIcon } from "../../ui/Status.tsx";
import { findAttention } from "./attention.ts";

/** Stands only where there is something to look at. */
export function NeedsAttention() {
  const services = useQuery(servicesQuery());
  const runs = useQuery(recentRunsQuery({ limit: 8 }));
  const budgets = useQuery(budgetsQuery());
  const items = findAttention(services.data ?? [], runs.data ?? [], budgets.data ?? []);
  if (items.length === 0) return null;
  return (
    <Section title="Needs attention" isFlush aside={items.length}>
      <ul data-rows>
        {items.slice(0, 5).map((item) => (
          <li key={item.id} className="border-b last:border-b-0">
            <Link
              href={item.href}
              look="bare"
              className="flex min-h-9 flex-wrap items-center gap-x-2.5 px-3 py-1.5 text-13 -outline-offset-2 hover:bg-hover"
            >
              <StatusIcon kind={item.kind} />
              <span className="font-medium">{item.what}</span>
              <span className="text-muted">{item.why}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
