import type { ServiceView } from "@causeway/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { useState } from "react";
import { problemOf } from "../../api/client.ts";
import { meQuery, requestRestart } from "../../api/queries.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { useToast } from "../../ui/Toast.tsx";

/** Stops and starts the same commit; administrators only, as the platform has it. */
export function RestartService({ service }: { readonly service: ServiceView }) {
  const me = useQuery(meQuery());
  const queries = useQueryClient();
  const toast = useToast();
  const [isAsking, setAsking] = useState(false);
  const restart = useMutation({
    mutationFn: () => requestRestart(service.name),
    onSuccess: () => toast({ kind: "succeeded", title: `${service.name} restarts` }),
    onError: (error) => {
      const { title, detail } = problemOf(error);
      toast({ kind: "failed", title, detail });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["services"] }),
  });
  if (me.data?.isAdmin !== true) return null;
  return (
    <>
      <Button
        size="small"
        icon={RotateCw}
        isBusy={restart.isPending}
        onClick={() => setAsking(true)}
      >
        Restart
      </Button>
      <Dialog
        isOpen={isAsking}
        onOpenChange={setAsking}
        title={`Restart ${service.name}`}
        footer={
          <Button
            look="primary"
            onClick={() => {
              setAsking(false);
              restart.mutate();
            }}
          >
            Restart
          </Button>
        }
      >
        <p className="text-13">
          The same commit ({service.commit.slice(0, 10)}) starts again with a fresh secret for its
          key. Callers are refused until its health check answers, usually within a second.
        </p>
      </Dialog>
    </>
  );
}
