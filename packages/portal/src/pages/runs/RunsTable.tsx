import type { RunSummary } from "@causeway/contract";
import { Workflow } from "lucide-react";
import type { ReactNode } from "react";
import { paths } from "../../paths.ts";
import { ButtonLink } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Link } from "../../ui/Link.tsx";
import { Status } from "../../ui/Status.tsx";
import { Table, type Column } from "../../ui/Table.tsx";
import { Elapsed, Time } from "../../ui/Time.tsx";
import { EntityLink } from "../EntityLink.tsx";
import { runStatus } from "../status-of.ts";

const columns: readonly Column<RunSummary>[] = [
  {
    id: "title",
    header: "Run",
    className: "min-w-40",
    cell: (run) => (
      <Link href={paths.run(run.id)} look="quiet" className="font-medium">
        {run.title}
      </Link>
    ),
  },
  { id: "state", header: "State", cell: (run) => <Status {...runStatus(run.state)} /> },
  {
    id: "steps",
    header: "Steps",
    align: "right",
    cell: (run) => `${run.stepsDone} / ${run.stepsTotal}`,
    hideBelow: "md",
  },
  {
    id: "by",
    header: "By",
    cell: (run) => <EntityLink value={run.principal} />,
    hideBelow: "lg",
  },
  {
    id: "took",
    header: "Took",
    align: "right",
    cell: (run) => (run.startedAt ? <Elapsed from={run.startedAt} to={run.finishedAt} /> : "–"),
    hideBelow: "md",
  },
  {
    id: "created",
    header: "Created",
    align: "right",
    cell: (run) => <Time at={run.createdAt} />,
    hideBelow: "md",
  },
];

const nothingYet = (
  <Empty
    icon={Workflow}
    title="Nothing has run yet"
    action={
      <ButtonLink href={paths.create()} look="primary">
        Create service
      </ButtonLink>
    }
    command="npx causeway runs"
  >
    Every change is a run: previewed first, recorded step by step, and kept here with its log.
  </Empty>
);

export function RunsTable({
  runs,
  empty = nothingYet,
}: {
  readonly runs: readonly RunSummary[] | undefined;
  readonly empty?: ReactNode;
}) {
  return (
    <Table
      label="Runs"
      columns={columns}
      rows={runs}
      rowKey={(run) => run.id}
      empty={<div className="p-3">{empty}</div>}
    />
  );
}
