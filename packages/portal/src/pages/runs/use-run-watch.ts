import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { runQuery } from "../../api/queries.ts";
import type { RunWatch } from "../../api/run-watch.ts";
import { createRunWatcher } from "../../api/watch-run.ts";

/** The run as it is now. After its end it is read once more: output and changes come whole then. */
export function useRunWatch(runId: string): { watch: RunWatch; watchAgain: () => void } {
  const queries = useQueryClient();
  const [round, setRound] = useState(0);
  // `round` makes a new watcher after a retry: the old one saw the end.
  // oxlint-disable-next-line react/exhaustive-deps
  const watcher = useMemo(() => createRunWatcher(runId), [runId, round]);
  const watch = useSyncExternalStore(watcher.subscribe, watcher.current);
  const { run, connection } = watch;
  const stepsDone = run?.stepsDone;
  useEffect(() => {
    if (stepsDone === undefined && connection !== "ended") return;
    void queries.invalidateQueries({ queryKey: runQuery(runId).queryKey });
  }, [queries, runId, stepsDone, connection]);
  return { watch, watchAgain: () => setRound((before) => before + 1) };
}
