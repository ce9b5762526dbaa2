import type { ServiceLogLine, ServiceView } from "@causeway/contract";
import { useMemo, useSyncExternalStore } from "react";
import { createServiceLogWatcher } from "../../api/watch-service-log.ts";
import { formatClock } from "../../ui/format.ts";
import type { LogLine } from "../../ui/log-window.ts";
import { Log } from "../../ui/Log.tsx";
import { LiveMark } from "../LiveMark.tsx";
import { Section } from "../../ui/Page.tsx";

export function LogsTab({ service }: { readonly service: ServiceView }) {
  const watcher = useMemo(() => createServiceLogWatcher(service.name), [service.name]);
  const watch = useSyncExternalStore(watcher.subscribe, watcher.current);
  const lines = useMemo(() => watch.lines.map(toLogLine), [watch.lines]);
  return (
    <Section title="Log" isFlush aside={<LiveMark connection={watch.connection} />}>
      <Log
        label={`Log of ${service.name}`}
        lines={lines}
        empty="The service has written nothing yet."
        className="h-[min(36rem,70vh)]"
      />
    </Section>
  );
}

function toLogLine(line: ServiceLogLine): LogLine {
  return {
    key: String(line.seq),
    time: formatClock(Date.parse(line.at)),
    source: line.stream,
    level: line.stream === "stdout" ? "info" : line.stream,
    text: line.text,
  };
}
