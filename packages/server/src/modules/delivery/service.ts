import type { ServiceView } from "@causeway/contract";
import { appendAudit, principalChain } from "#modules/audit";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db/database";
import type { Deployment } from "./deployment.ts";
import { findDeployment, listDeployments } from "./store.ts";
import { serviceNotFound, type Supervisor } from "./supervisor/supervisor.ts";

export type ServiceDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly supervisor: Supervisor;
};

export async function listServices(deps: ServiceDeps): Promise<ServiceView[]> {
  return (await listDeployments(deps.db)).map((deployment) => toView(deps.supervisor, deployment));
}

export async function getService(deps: ServiceDeps, name: string): Promise<ServiceView> {
  const stored = await findDeployment(deps.db, name);
  if (!stored) throw serviceNotFound(name);
  return toView(deps.supervisor, stored.deployment);
}

/** An operation, not a change of what is declared: audited, then done. */
export async function restartService(
  deps: ServiceDeps,
  command: { readonly name: string; readonly actor: string },
): Promise<ServiceView> {
  const { deployment } = (await findDeployment(deps.db, command.name)) ?? {};
  if (!deployment) throw serviceNotFound(command.name);
  await deps.db.transaction().execute((tx) =>
    appendAudit(tx, {
      chain: principalChain(command.actor, deps.clock.now()),
      actor: command.actor,
      verb: "service.restarted",
      subject: deployment.component,
      detail: { name: deployment.name, commit: deployment.commit },
    }),
  );
  await deps.supervisor.restart(command.name);
  return toView(deps.supervisor, deployment);
}

function toView(supervisor: Supervisor, deployment: Deployment): ServiceView {
  const status = supervisor.find(deployment.name)?.status;
  return {
    ref: deployment.component,
    name: deployment.name,
    owner: deployment.owner,
    ingress: `/services/${deployment.name}/`,
    public: deployment.isPublic,
    commit: deployment.commit,
    repository: deployment.repository,
    health: status?.health ?? "unknown",
    healthDetail: status ? status.detail : "It has not been started since the platform started",
    startedAt: status?.startedAt ?? null,
    restarts: status?.restarts ?? 0,
    runId: deployment.runId,
  };
}
