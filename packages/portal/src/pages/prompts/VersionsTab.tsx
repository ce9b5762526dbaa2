import type { PromptVersionView } from "@causeway/contract";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { promptQuery } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Code } from "../../ui/Code.tsx";
import { cx } from "../../ui/cx.ts";
import { Link } from "../../ui/Link.tsx";
import { Definitions, Section } from "../../ui/Page.tsx";
import { Time } from "../../ui/Time.tsx";
import { EntityLink } from "../EntityLink.tsx";
import { Loaded } from "../Loaded.tsx";

/** The versions of a prompt, newest first, and what the chosen one says. */
export function VersionsTab({ name }: { readonly name: string }) {
  const prompt = useQuery(promptQuery(name));
  const [chosen, setChosen] = useState<number>();
  return (
    <Loaded query={prompt}>
      {(data) => {
        const version = data.items.find((each) => each.version === chosen) ?? data.items[0];
        return (
          <div className="grid items-start gap-5 md:grid-cols-[14rem_minmax(0,1fr)]">
            <Section title="Versions" isFlush aside={data.items.length}>
              <ul>
                {data.items.map((each) => (
                  <li key={each.version} className="border-b last:border-b-0">
                    <button
                      type="button"
                      aria-pressed={each === version}
                      onClick={() => setChosen(each.version)}
                      className={cx(
                        "flex w-full flex-wrap items-center gap-2 px-3 py-2 text-left text-13 -outline-offset-2",
                        each === version ? "bg-accent-soft" : "hover:bg-hover",
                      )}
                    >
                      <span className="font-medium">Version {each.version}</span>
                      {each.version === data.published && <Badge tone="good">published</Badge>}
                      <span className="basis-full text-12 text-muted">
                        <Time at={each.createdAt} />
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </Section>
            {version && <Version version={version} />}
          </div>
        );
      }}
    </Loaded>
  );
}

function Version({ version }: { readonly version: PromptVersionView }) {
  const { content } = version;
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <Section title={`Version ${version.version}`}>
        <Definitions
          items={[
            { name: "By", value: <EntityLink value={version.createdBy} /> },
            {
              name: "From run",
              value:
                version.runId === null ? (
                  <span className="text-muted">not by a run</span>
                ) : (
                  <Link href={paths.run(version.runId)}>{version.runId}</Link>
                ),
            },
            {
              name: "Route",
              value:
                content.route === null ? (
                  <span className="text-muted">the caller chooses</span>
                ) : (
                  <EntityLink value={content.route} />
                ),
            },
            {
              name: "Retrieval",
              value: content.retrieval ? `best ${content.retrieval.topK} passages` : "none",
            },
            {
              name: "Content hash",
              value: <span className="font-mono text-12 break-all">{version.hash}</span>,
            },
          ]}
        />
      </Section>
      <Section title="System">
        <Code text={content.system} label="System text" />
      </Section>
      <Section
        title="Template"
        aside={content.variables.map((name) => (
          <Badge key={name}>{name}</Badge>
        ))}
      >
        <Code text={content.template} label="Template text" />
      </Section>
    </div>
  );
}
