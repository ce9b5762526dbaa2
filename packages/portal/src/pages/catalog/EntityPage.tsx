import { formatEntityRef, type Entity, type ServiceView } from "@causeway/contract";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ArrowRight, ExternalLink } from "lucide-react";
import { lazy, Suspense } from "react";
import { entityQuery, servicesQuery } from "../../api/queries.ts";
import { paths, served } from "../../paths.ts";
import { Badge } from "../../ui/Badge.tsx";
import { ButtonLink } from "../../ui/Button.tsx";
import { Link } from "../../ui/Link.tsx";
import { Fact, PageHeader } from "../../ui/Page.tsx";
import { SkeletonLines } from "../../ui/Skeleton.tsx";
import { Status } from "../../ui/Status.tsx";
import { Tabs, type Tab } from "../../ui/Tabs.tsx";
import { EntityLink } from "../EntityLink.tsx";
import { Loaded } from "../Loaded.tsx";
import { NotFound } from "../shell/NotFound.tsx";
import { healthStatus } from "../status-of.ts";
import { useTitle } from "../use-title.ts";
import { ServiceOverview } from "../service/ServiceOverview.tsx";
import { AboutTab } from "./AboutTab.tsx";
import { describeEntity, ownerOf, titleOf, typeOf } from "./entity-facts.ts";
import { iconOfKind, nameOfKind } from "./kind-icons.ts";
import { RelationsTab } from "./RelationsTab.tsx";

const SpendTab = lazy(async () => ({
  default: (await import("../service/SpendTab.tsx")).SpendTab,
}));
const LogsTab = lazy(async () => ({ default: (await import("../service/LogsTab.tsx")).LogsTab }));
const VersionsTab = lazy(async () => ({
  default: (await import("../prompts/VersionsTab.tsx")).VersionsTab,
}));
const YamlTab = lazy(async () => ({ default: (await import("./YamlTab.tsx")).YamlTab }));

const route = getRouteApi("/catalog/$kind/$namespace/$name/{-$tab}");

export function EntityPage() {
  const params = route.useParams();
  const entity = useQuery(entityQuery(params));
  const services = useQuery({ ...servicesQuery(), enabled: params.kind === "component" });
  const ref = formatEntityRef(params);
  useTitle(entity.data ? titleOf(entity.data) : params.name);
  return (
    <Loaded query={entity} title={params.name}>
      {(data) => (
        <EntityView
          key={ref}
          entityRef={ref}
          entity={data}
          service={services.data?.find((service) => service.ref === ref)}
          tab={params.tab}
          isServiceAwaited={params.kind === "component" && services.isPending}
        />
      )}
    </Loaded>
  );
}

type EntityParts = Pick<EntityViewProps, "entityRef" | "entity" | "service">;

type EntityViewProps = {
  readonly entityRef: string;
  readonly entity: Entity;
  /** The running side of a component that the platform deployed. */
  readonly service: ServiceView | undefined;
  readonly tab: string | undefined;
  /** Whether the component runs is not known yet. */
  readonly isServiceAwaited: boolean;
};

function EntityView({ entityRef, entity, service, tab, isServiceAwaited }: EntityViewProps) {
  const tabs = tabsOf(entityRef, entity, service);
  const current = tabs.find((each) => each.id === (tab ?? "about"));
  return (
    <>
      <EntityHeader entityRef={entityRef} entity={entity} service={service} />
      <Tabs label="Parts of this page" tabs={tabs} current={current?.id ?? ""} />
      <div className="pt-5">
        <Suspense fallback={<SkeletonLines />}>
          {isServiceAwaited && <SkeletonLines />}
          {!isServiceAwaited && current && (
            <TabContent id={current.id} entityRef={entityRef} entity={entity} service={service} />
          )}
          {!isServiceAwaited && !current && <NotFound />}
        </Suspense>
      </div>
    </>
  );
}

function tabsOf(ref: string, entity: Entity, service: ServiceView | undefined): Tab[] {
  const relations = new Set(entity.relations?.map((relation) => relation.targetRef)).size;
  return [
    { id: "about", label: service ? "Overview" : "About", href: paths.entity(ref) },
    ...(service
      ? [
          { id: "spend", label: "Spend", href: paths.entity(ref, "spend") },
          { id: "logs", label: "Logs", href: paths.entity(ref, "logs") },
        ]
      : []),
    ...(entity.kind === "Prompt"
      ? [{ id: "versions", label: "Versions", href: paths.entity(ref, "versions") }]
      : []),
    {
      id: "relations",
      label: "Relations",
      href: paths.entity(ref, "relations"),
      count: relations,
    },
    { id: "yaml", label: "YAML", href: paths.entity(ref, "yaml") },
  ];
}

function EntityHeader({ entityRef, entity, service }: EntityParts) {
  const owner = ownerOf(entity);
  const type = typeOf(entity);
  const description = describeEntity(entity);
  return (
    <PageHeader
      icon={iconOfKind(entity.kind)}
      over={
        <Link href={paths.catalog({ kind: entity.kind.toLowerCase() })} look="quiet">
          {nameOfKind(entity.kind)}
        </Link>
      }
      title={titleOf(entity)}
      state={
        <>
          {service && <Status {...healthStatus(service.health)} />}
          {type !== undefined && <Badge>{type}</Badge>}
        </>
      }
      facts={
        <>
          {owner !== undefined && (
            <Fact name="Owner">
              <EntityLink value={owner} />
            </Fact>
          )}
          <span className="font-mono text-12 break-all">{entityRef}</span>
          {description !== "" && <span className="basis-full text-13">{description}</span>}
        </>
      }
      actions={<MainAction entity={entity} service={service} />}
    />
  );
}

/** The one thing that one comes to this kind for. */
function MainAction({ entity, service }: Pick<EntityViewProps, "entity" | "service">) {
  if (service) {
    return (
      <ButtonLink href={served.service(service.name)} look="primary" icon={ExternalLink}>
        Open service
      </ButtonLink>
    );
  }
  if (entity.kind !== "Template") return null;
  return (
    <ButtonLink href={paths.createFrom(entity.metadata.name)} look="primary" icon={ArrowRight}>
      Use this path
    </ButtonLink>
  );
}

function TabContent({ id, entityRef, entity, service }: EntityParts & { readonly id: string }) {
  switch (id) {
    case "spend":
      return <SpendTab principal={entityRef} />;
    case "logs":
      return service ? <LogsTab service={service} /> : <NotFound />;
    case "versions":
      return <VersionsTab name={entity.metadata.name} />;
    case "relations":
      return <RelationsTab entity={entity} />;
    case "yaml":
      return <YamlTab entity={entity} />;
    default:
      return service ? (
        <ServiceOverview service={service} entity={entity} />
      ) : (
        <AboutTab entity={entity} />
      );
  }
}
