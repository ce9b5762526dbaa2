import { serviceLogLine, type ServiceLogLine } from "@causeway/contract";

export type ServiceLogWatch = {
  readonly lines: readonly ServiceLogLine[];
  readonly connection: "connecting" | "live" | "lost";
};

const longestKept = 5_000;

export type ServiceLogWatcher = {
  readonly subscribe: (listener: () => void) => () => void;
  readonly current: () => ServiceLogWatch;
};

/** Follows a service's log while anybody listens; lines sent again after a reconnect are told by their number. */
export function createServiceLogWatcher(name: string): ServiceLogWatcher {
  const listeners = new Set<() => void>();
  let watch: ServiceLogWatch = { lines: [], connection: "connecting" };
  let source: EventSource | undefined;
  let gathered: ServiceLogLine[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const publish = (next: ServiceLogWatch) => {
    watch = next;
    for (const listener of listeners) listener();
  };
  const flush = () => {
    timer = undefined;
    const seen = watch.lines.at(-1)?.seq ?? -1;
    const fresh = gathered.filter((line) => line.seq > seen);
    gathered = [];
    publish({ lines: [...watch.lines, ...fresh].slice(-longestKept), connection: "live" });
  };
  const receive = (message: MessageEvent<string>) => {
    const parsed = serviceLogLine.safeParse(JSON.parse(message.data));
    if (!parsed.success) return;
    gathered.push(parsed.data);
    timer ??= setTimeout(flush, 60);
  };
  const open = () => {
    source = new EventSource(`/api/services/${encodeURIComponent(name)}/logs`);
    for (const event of ["message", "line", "log"]) source.addEventListener(event, receive);
    source.addEventListener("open", () => publish({ ...watch, connection: "live" }));
    // EventSource reconnects by itself.
    source.addEventListener("error", () => publish({ ...watch, connection: "lost" }));
  };
  return {
    current: () => watch,
    subscribe: (listener) => {
      listeners.add(listener);
      if (!source) open();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        source?.close();
        source = undefined;
        clearTimeout(timer);
        timer = undefined;
      };
    },
  };
}
