import { getRouteApi } from "@tanstack/react-router";
import { paths } from "../../paths.ts";
import { PageHeader } from "../../ui/Page.tsx";
import { Tabs } from "../../ui/Tabs.tsx";
import { NotFound } from "../shell/NotFound.tsx";
import { useTitle } from "../use-title.ts";
import { KeysAndBudgets } from "./KeysAndBudgets.tsx";
import { RequestsTab } from "./RequestsTab.tsx";
import { UsageTab } from "./UsageTab.tsx";

const route = getRouteApi("/gateway/{-$tab}");

const tabs = [
  { id: "keys", label: "Keys and budgets", href: paths.gateway() },
  { id: "usage", label: "Usage", href: paths.usage() },
  { id: "requests", label: "Requests", href: paths.requests() },
];

export function GatewayPage() {
  const { tab = "keys" } = route.useParams();
  const { by, principal, trace } = route.useSearch();
  useTitle("Gateway");
  return (
    <>
      <PageHeader
        title="Gateway"
        facts="Every model call passes here: who may, at what price, up to which cap."
      />
      <Tabs label="Parts of this page" tabs={tabs} current={tab} />
      <div className="pt-5">
        {tab === "keys" && <KeysAndBudgets />}
        {tab === "usage" && <UsageTab groupBy={by} />}
        {tab === "requests" && <RequestsTab principal={principal} traceId={trace} />}
        {!tabs.some((each) => each.id === tab) && <NotFound />}
      </div>
    </>
  );
}
