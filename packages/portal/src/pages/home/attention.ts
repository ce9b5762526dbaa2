import type { BudgetView, RunSummary, ServiceView } from "@causeway/contract";
import { paths } from "../../paths.ts";
import { formatPercent } from "../../ui/format.ts";
import { runStatus, healthStatus } from "../status-of.ts";

export type AttentionItem = {
  readonly id: string;
  readonly kind: "failed" | "waitingForApproval";
  readonly what: string;
  readonly why: string;
  readonly href: string;
};

/** A cap from here on deserves a look while there is still something left of it. */
const nearCap = 0.9;

/** What somebody should look at today, worst first: services that are down, runs that stopped, caps nearly reached. */
export function findAttention(
  services: readonly ServiceView[],
  runs: readonly RunSummary[],
  budgets: readonly BudgetView[],
): AttentionItem[] {
  const sick = services
    .filter((service) => ["unhealthy", "failed", "restarting"].includes(service.health))
    .map((service) => ({
      id: service.ref,
      kind: "failed" as const,
      what: service.name,
      why: service.healthDetail ?? healthStatus(service.health).word,
      href: paths.entity(service.ref),
    }));
  const stopped = runs
    .filter((run) => run.state === "failed" || run.state === "needs_human")
    .map((run) => ({
      id: run.id,
      kind: "failed" as const,
      what: run.title,
      why: `${runStatus(run.state).word} after ${run.stepsDone} of ${run.stepsTotal} steps`,
      href: paths.run(run.id),
    }));
  const short = budgets
    .map((budget) => ({
      budget,
      share: (budget.spentMicroUsd + budget.notionalMicroUsd) / Math.max(1, budget.capMicroUsd),
    }))
    .filter(({ share }) => share >= nearCap)
    .map(({ budget, share }) => ({
      id: budget.ref,
      kind: "waitingForApproval" as const,
      what: budget.subject.replace(/^.*\//, ""),
      why: `${formatPercent(share)} of its budget is used; calls stop at the cap`,
      href: paths.entity(
        budget.subject,
        budget.subject.startsWith("component:") ? "spend" : undefined,
      ),
    }));
  return [...sick, ...stopped, ...short];
}
