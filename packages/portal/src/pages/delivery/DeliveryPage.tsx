import { PageHeader } from "../../ui/Page.tsx";
import { RunningServices } from "../home/RunningServices.tsx";
import { useTitle } from "../use-title.ts";

/** What is deployed; environments and releases join it here. */
export function DeliveryPage() {
  useTitle("Delivery");
  return (
    <>
      <PageHeader title="Delivery" facts="What is deployed on this platform, and how it does." />
      <RunningServices />
    </>
  );
}
