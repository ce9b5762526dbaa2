import type { GoldenPathSummary } from "@causeway/contract";
import { useQuery } from "@tanstack/react-query";
import { ArrowRight, FilterX, LayoutTemplate } from "lucide-react";
import { useState } from "react";
import { goldenPathsQuery } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { FilterInput } from "../../ui/Field.tsx";
import { formatPercent, formatPlural } from "../../ui/format.ts";
import { Link } from "../../ui/Link.tsx";
import { PageHeader } from "../../ui/Page.tsx";
import { EntityLink } from "../EntityLink.tsx";
import { Loaded } from "../Loaded.tsx";
import { rankMatches } from "../shell/palette-items.ts";
import { useTitle } from "../use-title.ts";

/** The gallery: by what somebody needs, not by what it is made of. */
export function CreatePage() {
  useTitle("Create");
  const goldenPaths = useQuery(goldenPathsQuery());
  const [find, setFind] = useState("");
  return (
    <>
      <PageHeader
        title="What do you need?"
        facts="Each golden path ends in something that runs, owned, budgeted and watched. You see every change before it happens."
        actions={
          <FilterInput
            aria-label="Find a golden path"
            placeholder="Find by need or words"
            value={find}
            onChange={(event) => setFind(event.target.value)}
            className="w-72 max-w-full"
          />
        }
      />
      <Loaded query={goldenPaths}>
        {(items) => {
          if (items.length === 0) return <NoGoldenPath />;
          const shown = rankMatches(items, find, textOf);
          if (shown.length === 0) return <NoMatch onClear={() => setFind("")} />;
          const needs = [...Map.groupBy(shown, (path) => path.need)];
          return (
            <ul data-rows className="flex flex-col gap-3">
              {needs.map(([need, group]) => (
                <Need key={need} need={need} goldenPaths={group} />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </>
  );
}

function textOf(path: GoldenPathSummary): string {
  return [path.need, path.title, path.description, ...path.tags].join(" ");
}

function Need({
  need,
  goldenPaths,
}: {
  readonly need: string;
  readonly goldenPaths: readonly GoldenPathSummary[];
}) {
  return (
    <li className="rounded-md border bg-surface">
      <h2 className="px-4 pt-3.5 text-16">{need}</h2>
      <ul>
        {goldenPaths.map((path) => (
          <GoldenPathRow key={path.ref} path={path} />
        ))}
      </ul>
    </li>
  );
}

function GoldenPathRow({ path }: { readonly path: GoldenPathSummary }) {
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-3 px-4 py-3 not-first:border-t">
      <div className="min-w-64 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2 text-14">
          <Link href={paths.entity(path.ref)} look="quiet" className="font-medium">
            {path.title}
          </Link>
          <span className="tabular text-12 text-muted">{path.version}</span>
        </p>
        <p className="max-w-3xl text-13 text-muted">{path.description}</p>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1 pt-1.5 text-12 text-muted">
          {path.owner !== null && <EntityLink value={path.owner} />}
          <Link href={paths.runs({ template: path.ref })} look="quiet">
            {runsText(path.runs)}
          </Link>
          <span className="flex flex-wrap gap-1">
            {path.tags.map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
          </span>
        </div>
      </div>
      <Link
        href={paths.createFrom(path.name)}
        look="bare"
        className="inline-flex h-8 items-center gap-1.5 rounded-md bg-accent px-3 text-13 font-medium text-on-accent hover:bg-accent-hover"
      >
        Use this path <ArrowRight aria-hidden className="size-4" />
      </Link>
    </li>
  );
}

function runsText({ total, succeeded, failed }: GoldenPathSummary["runs"]): string {
  if (total === 0) return "never run here";
  const ended = succeeded + failed;
  const share = ended === 0 ? "" : `, ${formatPercent(succeeded / ended)} succeeded`;
  return `${formatPlural(total, "run")}${share}`;
}

function NoGoldenPath() {
  return (
    <Empty
      icon={LayoutTemplate}
      title="No golden path is registered"
      command="npx causeway apply -f golden-paths/rag-service/template.yaml"
    >
      A golden path is a template that ends in a running service. Backstage templates work
      unchanged: register one and it stands here.
    </Empty>
  );
}

function NoMatch({ onClear }: { readonly onClear: () => void }) {
  return (
    <Empty
      icon={FilterX}
      title="No golden path matches"
      action={<Button onClick={onClear}>Show all</Button>}
    >
      Try the need in other words, or ask the platform team for a new path.
    </Empty>
  );
}
