import { isRunAtRest, type RunView } from "@causeway/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, Play } from "lucide-react";
import { useState } from "react";
import { problemOf } from "../../api/client.ts";
import { recentRunsQuery, requestRunMove, runQuery } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { formatDuration, formatPlural } from "../../ui/format.ts";
import { Breadcrumb, Fact, PageHeader } from "../../ui/Page.tsx";
import { Status } from "../../ui/Status.tsx";
import { Elapsed, Time } from "../../ui/Time.tsx";
import { useToast } from "../../ui/Toast.tsx";
import { EntityLink } from "../EntityLink.tsx";
import { runStatus } from "../status-of.ts";
import { movesOf, usualDurationMs, type RunMove } from "./run-moves.ts";

export type MoveProps = { readonly run: RunView; readonly onMoved: () => void };

/** Start, retry or cancel; the refusal is told, the page follows what the platform says. */
export function useRunMove({ run, onMoved }: MoveProps) {
  const queries = useQueryClient();
  const toast = useToast();
  return useMutation({
    mutationFn: (move: RunMove) =>
      requestRunMove(
        run.id,
        move === "start" ? { verb: move, planHash: run.planHash } : { verb: move },
      ),
    onSuccess: (next) => {
      queries.setQueryData(runQuery(run.id).queryKey, next);
      onMoved();
    },
    onError: (error) => {
      const problem = problemOf(error);
      toast({
        kind: "failed",
        title: problem.title,
        detail: [problem.detail, problem.fix].filter(Boolean).join(" "),
      });
      void queries.invalidateQueries({ queryKey: runQuery(run.id).queryKey });
      // A stale preview is made anew on the server: look again.
      onMoved();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["recent-runs"] }),
  });
}

export function RunHeader({ run, onMoved }: MoveProps) {
  return (
    <PageHeader
      over={<Breadcrumb places={[{ label: "Runs", href: paths.runs() }, { label: run.id }]} />}
      title={run.title}
      state={<Status {...runStatus(run.state)} size="large" />}
      facts={
        <>
          <Fact name="By">
            <EntityLink value={run.principal} />
          </Fact>
          {run.templateRef !== null && (
            <Fact name="Golden path">
              <EntityLink value={run.templateRef} />
            </Fact>
          )}
          <Fact name={run.startedAt === null ? "Created" : "Started"}>
            <Time at={run.startedAt ?? run.createdAt} />
          </Fact>
          {run.startedAt !== null && (
            <Fact name={isRunAtRest(run.state) ? "Took" : "Running for"}>
              <Elapsed from={run.startedAt} to={run.finishedAt} />
            </Fact>
          )}
          <UsualDuration run={run} />
        </>
      }
      actions={<RunActions run={run} onMoved={onMoved} />}
    />
  );
}

function UsualDuration({ run }: { readonly run: RunView }) {
  const { templateRef } = run;
  const earlier = useQuery({
    ...recentRunsQuery({ templateRef: templateRef ?? "", state: "done", limit: 20 }),
    enabled: templateRef !== null,
    staleTime: 60_000,
  });
  const others = earlier.data?.filter((each) => each.id !== run.id) ?? [];
  const usual = usualDurationMs(others);
  if (usual === undefined) return null;
  return (
    <Fact name="Usually">
      <span title={`The middle of ${formatPlural(others.length, "earlier run")}`}>
        {formatDuration(usual)}
      </span>
    </Fact>
  );
}

function RunActions({ run, onMoved }: MoveProps) {
  const move = useRunMove({ run, onMoved });
  const [isAsking, setAsking] = useState(false);
  const allowed = movesOf(run.state);
  const isBusy = (which: RunMove) => move.isPending && move.variables === which;
  return (
    <>
      {allowed.includes("cancel") && (
        <Button icon={Ban} onClick={() => setAsking(true)} isBusy={isBusy("cancel")}>
          Cancel run
        </Button>
      )}
      {allowed.includes("start") && (
        <Button
          look="primary"
          icon={Play}
          isBusy={isBusy("start")}
          onClick={() => move.mutate("start")}
        >
          Start run
        </Button>
      )}
      <Dialog
        isOpen={isAsking}
        onOpenChange={setAsking}
        title="Cancel this run"
        footer={
          <>
            <Button onClick={() => setAsking(false)}>Keep it</Button>
            <Button
              look="danger"
              onClick={() => {
                setAsking(false);
                move.mutate("cancel");
              }}
            >
              Cancel run
            </Button>
          </>
        }
      >
        <CancelEffect run={run} />
      </Dialog>
    </>
  );
}

/** What cancelling would leave behind, not "are you sure". */
function CancelEffect({ run }: { readonly run: RunView }) {
  if (run.changes.length === 0) {
    return <p className="text-13">It has changed nothing so far, so nothing remains.</p>;
  }
  return (
    <p className="text-13">
      {formatPlural(run.stepsDone, "step")} of {run.stepsTotal} are done. The step under way is
      stopped, later ones do not run. What was changed so far stays and is listed on this page.
    </p>
  );
}
