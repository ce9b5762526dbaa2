import { Radio, Unplug } from "lucide-react";

/** Whether what one watches is the present. */
export function LiveMark({
  connection,
}: {
  readonly connection: "connecting" | "live" | "lost" | "ended";
}) {
  if (connection === "ended") return null;
  if (connection === "lost") {
    return (
      <span role="status" className="inline-flex items-center gap-1.5 text-12 text-warn">
        <Unplug aria-hidden className="size-3.5" />
        Connection lost, trying again
      </span>
    );
  }
  return (
    <span role="status" className="inline-flex items-center gap-1.5 text-12 text-muted">
      <Radio aria-hidden className="size-3.5" />
      {connection === "live" ? "Live" : "Connecting"}
    </span>
  );
}
