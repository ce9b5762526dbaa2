import type { RunView } from "@causeway/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { requestPlan, requestRunMove, runQuery } from "../../api/queries.ts";
import { toParameters, type FormValues } from "../../forms/form-values.ts";
import { paths } from "../../paths.ts";
import { useLinkBehaviour } from "../../ui/Link.tsx";

export type CreateCommand = {
  readonly values: FormValues;
  /** The preview that stands beside the form. */
  readonly shown: RunView;
  readonly next: "start" | "review";
};

/** Saves the plan, and starts it if it is the one that was shown. Where the saved plan came out different, its own page
 *  shows the new preview and waits for a press there. */
export function useCreate(goldenPath: string) {
  const queries = useQueryClient();
  const links = useLinkBehaviour();
  return useMutation({
    mutationFn: async ({ values, shown, next }: CreateCommand) => {
      const saved = await requestPlan(goldenPath, {
        parameters: toParameters(values),
        dryRun: false,
      });
      if (next === "review" || saved.planHash !== shown.planHash) return saved;
      return requestRunMove(saved.id, { verb: "start", planHash: saved.planHash });
    },
    onSuccess: (run) => {
      queries.setQueryData(runQuery(run.id).queryKey, run);
      void queries.invalidateQueries({ queryKey: ["recent-runs"] });
      links?.navigate(paths.run(run.id));
    },
  });
}
