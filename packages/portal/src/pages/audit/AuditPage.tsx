import type { AuditEntry } from "@causeway/contract";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ScrollText, ShieldAlert, ShieldCheck, X } from "lucide-react";
import { auditQuery, auditVerificationQuery } from "../../api/queries.ts";
import { findEntityPath, paths } from "../../paths.ts";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { formatPlural } from "../../ui/format.ts";
import { Link } from "../../ui/Link.tsx";
import { PageHeader } from "../../ui/Page.tsx";
import { Ref } from "../../ui/Ref.tsx";
import { Table, type Column } from "../../ui/Table.tsx";
import { Time } from "../../ui/Time.tsx";
import { EntityLink } from "../EntityLink.tsx";
import { Loaded } from "../Loaded.tsx";
import { useTitle } from "../use-title.ts";

const route = getRouteApi("/audit");

const columns: readonly Column<AuditEntry>[] = [
  { id: "at", header: "Time", cell: (entry) => <Time at={entry.at} /> },
  { id: "actor", header: "Who", cell: (entry) => <EntityLink value={entry.actor} /> },
  { id: "verb", header: "Did", cell: (entry) => entry.verb },
  {
    id: "subject",
    header: "To",
    cell: (entry) => <Ref value={entry.subject} href={subjectPath(entry.subject)} />,
  },
  {
    id: "chain",
    header: "Chain",
    cell: (entry) => (
      <Link
        href={paths.audit({ chain: entry.chain })}
        look="quiet"
        className="font-mono text-12 break-all"
      >
        {entry.chain}#{entry.seq}
      </Link>
    ),
    hideBelow: "md",
  },
  {
    id: "hash",
    header: "Hash",
    cell: (entry) => (
      <span className="font-mono text-12 text-muted" title={entry.hash}>
        {entry.hash.slice(0, 10)}
      </span>
    ),
    hideBelow: "lg",
  },
];

function subjectPath(subject: string): string | undefined {
  if (/^run[:_]/.test(subject)) return paths.run(subject.replace(/^run:/, ""));
  return findEntityPath(subject);
}

export function AuditPage() {
  useTitle("Audit");
  const { chain } = route.useSearch();
  const entries = useInfiniteQuery(auditQuery(chain));
  return (
    <>
      <PageHeader
        title="Audit"
        state={<Verification />}
        facts={
          chain === undefined ? (
            "Who did what to what. Each entry carries the hash of the one before it."
          ) : (
            <>
              <span className="font-mono break-all">{chain}</span>
              <ButtonLink href={paths.audit()} size="small" icon={X}>
                All chains
              </ButtonLink>
            </>
          )
        }
      />
      <div className="rounded-md border bg-surface">
        <Loaded query={entries}>
          {(data) => (
            <Table
              label="Audit entries"
              columns={columns}
              rows={data.pages.flatMap((page) => page.items)}
              rowKey={(entry) => `${entry.chain}#${entry.seq}`}
              empty={
                <div className="p-3">
                  <Empty icon={ScrollText} title="Nothing is recorded yet">
                    Each step of each run, and each change of rights, leaves an entry that cannot be
                    edited unseen.
                  </Empty>
                </div>
              }
            />
          )}
        </Loaded>
      </div>
      {entries.hasNextPage && (
        <div className="flex justify-center pt-4">
          <Button isBusy={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
            Show older entries
          </Button>
        </div>
      )}
    </>
  );
}

function Verification() {
  const verification = useQuery(auditVerificationQuery());
  if (!verification.data) return null;
  const { chains, entries, faults } = verification.data;
  if (faults.length > 0) {
    return (
      <span className="inline-flex items-center gap-1.5 text-13 font-medium text-bad">
        <ShieldAlert aria-hidden className="size-4" />
        {formatPlural(faults.length, "broken place")}: {faults[0]?.message}
      </span>
    );
  }
  return (
    <span className="inline-flex items-center gap-1.5 text-13 font-medium text-good">
      <ShieldCheck aria-hidden className="size-4" />
      {formatPlural(entries, "entry").replace("entrys", "entries")} in{" "}
      {formatPlural(chains, "chain")} verified
    </span>
  );
}
