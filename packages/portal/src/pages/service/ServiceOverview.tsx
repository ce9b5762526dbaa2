import type { Entity, ServiceView } from "@causeway/contract";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { budgetsQuery } from "../../api/queries.ts";
import { paths, served } from "../../paths.ts";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { Link } from "../../ui/Link.tsx";
import { Definitions, MoreLink, Section } from "../../ui/Page.tsx";
import { Status } from "../../ui/Status.tsx";
import { Time } from "../../ui/Time.tsx";
import { Links } from "../catalog/AboutTab.tsx";
import { EntityLink } from "../EntityLink.tsx";
import { BudgetMeter } from "../gateway/BudgetMeter.tsx";
import { healthStatus } from "../status-of.ts";
import { AskBox } from "./AskBox.tsx";
import { LatestCalls } from "./LatestCalls.tsx";
import { RestartService } from "./RestartService.tsx";

export function ServiceOverview({
  service,
  entity,
}: {
  readonly service: ServiceView;
  readonly entity: Entity;
}) {
  const links = entity.metadata.links ?? [];
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(18rem,2fr)]">
      <div className="flex min-w-0 flex-col gap-5">
        <AskBox service={service} />
        <LatestCalls principal={service.ref} />
      </div>
      <div className="flex min-w-0 flex-col gap-5">
        <Running service={service} />
        <SpendSummary principal={service.ref} />
        {links.length > 0 && <Links links={links} />}
      </div>
    </div>
  );
}

function Running({ service }: { readonly service: ServiceView }) {
  const address = new URL(served.service(service.name), location.origin).href;
  return (
    <Section title="What runs" aside={<RestartService service={service} />}>
      <Definitions
        items={[
          {
            name: "Health",
            value: (
              <>
                <Status {...healthStatus(service.health)} />
                {service.healthDetail !== null && (
                  <p className="flex items-start gap-1 pt-1 text-12 text-muted">
                    <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
                    {service.healthDetail}
                  </p>
                )}
              </>
            ),
          },
          { name: "Up since", value: <Time at={service.startedAt} absent="not running" /> },
          { name: "Restarts", value: <span className="tabular">{service.restarts}</span> },
          {
            name: "Address",
            value: (
              <span className="flex items-center gap-1">
                <Link href={served.service(service.name)} className="break-all">
                  {served.service(service.name)}
                </Link>
                <CopyButton text={address} label="Copy address" />
              </span>
            ),
          },
          { name: "Callers", value: service.public ? "everybody" : "who is signed in" },
          {
            name: "Repository",
            value: <span className="font-mono text-12">{service.repository}</span>,
          },
          {
            name: "Commit",
            value: (
              <span className="font-mono text-12" title={service.commit}>
                {service.commit.slice(0, 10)}
              </span>
            ),
          },
          {
            name: "Deployed by",
            value:
              service.runId === null ? (
                <span className="text-muted">not by a run</span>
              ) : (
                <Link href={paths.run(service.runId)}>{service.runId}</Link>
              ),
          },
          { name: "Owner", value: <EntityLink value={service.owner} /> },
        ]}
      />
    </Section>
  );
}

function SpendSummary({ principal }: { readonly principal: string }) {
  const budgets = useQuery(budgetsQuery());
  const mine = budgets.data?.filter((budget) => budget.subject === principal) ?? [];
  if (mine.length === 0) return null;
  return (
    <Section
      title="Budget"
      aside={<MoreLink href={paths.entity(principal, "spend")}>Spend</MoreLink>}
    >
      {mine.map((budget) => (
        <BudgetMeter key={budget.ref} budget={budget} />
      ))}
    </Section>
  );
}
