import type { ServiceView } from "@causeway/contract";
import { useQuery } from "@tanstack/react-query";
import { Rocket } from "lucide-react";
import { servicesQuery, usageQuery } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { ButtonLink } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Link } from "../../ui/Link.tsx";
import { Section } from "../../ui/Page.tsx";
import { Status } from "../../ui/Status.tsx";
import { Table, type Column } from "../../ui/Table.tsx";
import { Time } from "../../ui/Time.tsx";
import { SpendPair } from "../../ui/Money.tsx";
import { EntityLink } from "../EntityLink.tsx";
import { Loaded } from "../Loaded.tsx";
import { healthStatus } from "../status-of.ts";

type Row = ServiceView & {
  readonly spend: { readonly costMicroUsd: number; readonly notionalMicroUsd: number } | undefined;
};

const columns: readonly Column<Row>[] = [
  {
    id: "name",
    header: "Service",
    cell: (row) => (
      <Link href={paths.entity(row.ref)} look="quiet" className="font-medium">
        {row.name}
      </Link>
    ),
    sortValue: (row) => row.name,
  },
  {
    id: "health",
    header: "Health",
    cell: (row) => <Status {...healthStatus(row.health)} />,
    sortValue: (row) => row.health,
  },
  {
    id: "owner",
    header: "Owner",
    cell: (row) => <EntityLink value={row.owner} />,
    sortValue: (row) => row.owner,
    hideBelow: "md",
  },
  {
    id: "spend",
    header: "Spend this month",
    align: "right",
    sortValue: (row) => (row.spend ? row.spend.costMicroUsd + row.spend.notionalMicroUsd : null),
    cell: (row) =>
      row.spend ? (
        <Link href={paths.entity(row.ref, "spend")} look="quiet">
          <SpendPair
            spentMicroUsd={row.spend.costMicroUsd}
            notionalMicroUsd={row.spend.notionalMicroUsd}
          />
        </Link>
      ) : (
        <span className="text-muted">no calls</span>
      ),
  },
  {
    id: "up",
    header: "Up since",
    align: "right",
    cell: (row) => <Time at={row.startedAt} absent="not running" />,
    sortValue: (row) => (row.startedAt === null ? null : Date.parse(row.startedAt)),
    hideBelow: "md",
  },
];

export function RunningServices() {
  const services = useQuery(servicesQuery());
  const usage = useQuery(usageQuery({ groupBy: "principal" }));
  const spend = new Map(usage.data?.rows.map((row) => [row.key, row]));
  return (
    <Section
      title="Services"
      isFlush
      aside={services.data?.length ? summarize(services.data) : undefined}
    >
      <Loaded query={services} skeleton={<Table {...tableProps} rows={undefined} />}>
        {(items) => (
          <Table
            {...tableProps}
            rows={items.map((item) => ({ ...item, spend: spend.get(item.ref) }))}
          />
        )}
      </Loaded>
    </Section>
  );
}

const tableProps = {
  label: "Services",
  columns,
  rowKey: (row: Row) => row.ref,
  empty: (
    <div className="p-3">
      <Empty
        icon={Rocket}
        title="No service runs yet"
        action={
          <ButtonLink href={paths.create()} look="primary">
            Create service
          </ButtonLink>
        }
        command="npx causeway create rag-service"
      >
        A golden path brings a repository, a key with a budget and a running, watched service in one
        run. You see every change before it happens.
      </Empty>
    </div>
  ),
};

function summarize(services: readonly ServiceView[]): string {
  const healthy = services.filter((service) => service.health === "healthy").length;
  return `${healthy} of ${services.length} healthy`;
}
