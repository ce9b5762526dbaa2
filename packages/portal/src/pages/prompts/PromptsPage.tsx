import type { PromptSummary } from "@causeway/contract";
import { useQuery } from "@tanstack/react-query";
import { MessageSquareQuote } from "lucide-react";
import { promptsQuery } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { Badge } from "../../ui/Badge.tsx";
import { ButtonLink } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Link } from "../../ui/Link.tsx";
import { PageHeader } from "../../ui/Page.tsx";
import { Table, type Column } from "../../ui/Table.tsx";
import { Loaded } from "../Loaded.tsx";
import { useTitle } from "../use-title.ts";

const columns: readonly Column<PromptSummary>[] = [
  {
    id: "name",
    header: "Prompt",
    cell: (prompt) => (
      <Link href={paths.entity(prompt.ref, "versions")} look="quiet" className="font-medium">
        {prompt.name}
      </Link>
    ),
    sortValue: (prompt) => prompt.name,
  },
  {
    id: "published",
    header: "The gateway serves",
    cell: (prompt) =>
      prompt.published === null ? (
        <span className="text-muted">no version</span>
      ) : (
        <Badge tone="good">version {prompt.published}</Badge>
      ),
    sortValue: (prompt) => prompt.published,
  },
  {
    id: "versions",
    header: "Versions",
    align: "right",
    cell: (prompt) => prompt.versions,
    sortValue: (prompt) => prompt.versions,
  },
  {
    id: "hash",
    header: "Content",
    cell: (prompt) => (
      <span className="font-mono text-12 text-muted" title={prompt.hash ?? undefined}>
        {prompt.hash?.slice(0, 12) ?? "–"}
      </span>
    ),
    hideBelow: "md",
  },
];

export function PromptsPage() {
  useTitle("Prompts");
  const prompts = useQuery(promptsQuery());
  return (
    <>
      <PageHeader
        title="Prompts"
        facts="Versioned by their content. Services ask for a prompt by name and get the published version."
      />
      <div className="rounded-md border bg-surface">
        <Loaded query={prompts}>
          {(items) => (
            <Table
              label="Prompts"
              columns={columns}
              rows={items}
              rowKey={(prompt) => prompt.ref}
              empty={
                <div className="p-3">
                  <Empty
                    icon={MessageSquareQuote}
                    title="No prompt yet"
                    action={<ButtonLink href={paths.create()}>Create service</ButtonLink>}
                  >
                    A prompt lives apart from the code that uses it, so that it can be changed,
                    judged and taken back by itself. A new AI service brings its first one.
                  </Empty>
                </div>
              }
            />
          )}
        </Loaded>
      </div>
    </>
  );
}
