import { runStreamEvent, type RunStreamEvent } from "@causeway/contract";
import { withQuery } from "../paths.ts";
import { afterLog, foldRunEvents, initialRunWatch, type RunWatch } from "./run-watch.ts";

export type RunWatcher = {
  readonly subscribe: (listener: () => void) => () => void;
  readonly current: () => RunWatch;
};

const kinds = ["run", "state", "step", "progress", "log", "end"];
/** Events of one moment are folded together: a chatty step must not draw the page a thousand times. */
const gatherMs = 40;
const longestPauseMs = 5_000;

/** Watches a run over server-sent events while anybody listens. We reconnect ourselves, because EventSource would ask
 *  for the whole log again and gives up on an HTTP error. */
export function createRunWatcher(runId: string): RunWatcher {
  const listeners = new Set<() => void>();
  let watch = initialRunWatch;
  let source: EventSource | undefined;
  let pauseMs = 250;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let gathered: RunStreamEvent[] = [];
  let flushTimer: ReturnType<typeof setTimeout> | undefined;

  const publish = (next: RunWatch) => {
    watch = next;
    for (const listener of listeners) listener();
  };
  const flush = () => {
    flushTimer = undefined;
    const events = gathered;
    gathered = [];
    publish(foldRunEvents(watch, events));
    if (watch.connection === "ended") close();
  };
  const close = () => {
    source?.close();
    source = undefined;
    clearTimeout(timer);
    timer = undefined;
  };
  const receive = (message: MessageEvent<string>) => {
    const parsed = runStreamEvent.safeParse(JSON.parse(message.data));
    if (!parsed.success) return;
    pauseMs = 250;
    gathered.push(parsed.data);
    flushTimer ??= setTimeout(flush, gatherMs);
  };
  const open = () => {
    const after = afterLog(watch);
    const query = { afterLog: after === undefined ? undefined : String(after) };
    source = new EventSource(withQuery(`/api/runs/${encodeURIComponent(runId)}/events`, query));
    for (const kind of kinds) source.addEventListener(kind, receive);
    source.addEventListener("error", () => {
      close();
      // The end may be gathered and not folded yet.
      if (watch.connection === "ended" || gathered.some((event) => event.kind === "end")) return;
      publish({ ...watch, connection: "lost" });
      timer = setTimeout(open, pauseMs);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    });
  };
  return {
    current: () => watch,
    subscribe: (listener) => {
      listeners.add(listener);
      if (!source && timer === undefined && watch.connection !== "ended") open();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        close();
        clearTimeout(flushTimer);
        flushTimer = undefined;
      };
    },
  };
}
