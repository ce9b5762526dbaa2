import { refOfEntity, type Entity, type Json } from "@causeway/contract";
import { ExternalLink } from "lucide-react";
import { Fragment } from "react";
import { findEntityPath, paths } from "../../paths.ts";
import { Badge } from "../../ui/Badge.tsx";
import { formatPlural } from "../../ui/format.ts";
import { Link } from "../../ui/Link.tsx";
import { Definitions, Section } from "../../ui/Page.tsx";
import { EntityLink } from "../EntityLink.tsx";
import { relationWord } from "./entity-facts.ts";

/** What an entity says of itself, field by field: each ref a link, each list a list. */
export function AboutTab({ entity }: { readonly entity: Entity }) {
  const fields = Object.entries(entity.spec ?? {});
  const { links = [], tags = [], annotations = {} } = entity.metadata;
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <Section title="Specification">
        {fields.length === 0 ? (
          <p className="text-13 text-muted">This entity has no fields of its own.</p>
        ) : (
          <Definitions
            items={fields.map(([name, value]) => ({
              name: relationWord(name),
              value:
                depthOf(value) > deepest ? (
                  <Link href={paths.entity(refOfEntity(entity), "yaml")}>
                    {Array.isArray(value) ? formatPlural(value.length, "item") : "structure"}, in
                    the YAML
                  </Link>
                ) : (
                  <FieldValue value={value} />
                ),
            }))}
          />
        )}
      </Section>
      <div className="flex min-w-0 flex-col gap-5">
        {links.length > 0 && <Links links={links} />}
        {tags.length > 0 && (
          <Section title="Tags">
            <div className="flex flex-wrap gap-1.5">
              {tags.map((tag) => (
                <Badge key={tag}>{tag}</Badge>
              ))}
            </div>
          </Section>
        )}
        {Object.keys(annotations).length > 0 && (
          <Section title="Annotations">
            <dl className="flex flex-col gap-2 text-12">
              {Object.entries(annotations).map(([name, value]) => (
                <div key={name}>
                  <dt className="break-all text-muted">{name}</dt>
                  <dd className="font-mono break-all">{value}</dd>
                </div>
              ))}
            </dl>
          </Section>
        )}
      </div>
    </div>
  );
}

/** Deeper structure than a list of objects reads better as the text it was written in. */
const deepest = 2;

function depthOf(value: Json): number {
  if (value === null || typeof value !== "object") return 0;
  return 1 + Math.max(0, ...Object.values(value).map((member: Json) => depthOf(member)));
}

export function Links({ links }: { readonly links: NonNullable<Entity["metadata"]["links"]> }) {
  return (
    <Section title="Links">
      <ul className="flex flex-col gap-1.5 text-13">
        {links.map((link) => (
          <li key={link.url}>
            <Link href={link.url} className="inline-flex items-center gap-1.5 break-all">
              {link.title ?? link.url}
              <ExternalLink aria-hidden className="size-3.5 shrink-0" />
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function FieldValue({ value }: { readonly value: Json }) {
  if (typeof value === "string") {
    if (findEntityPath(value) !== undefined) return <EntityLink value={value} />;
    if (value.includes("\n")) {
      return (
        <pre className="rounded-md bg-sunken p-2 font-mono text-12 whitespace-pre-wrap">
          {value}
        </pre>
      );
    }
    return value === "" ? <span className="text-muted">empty</span> : value;
  }
  if (value === null) return <span className="text-muted">none</span>;
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return <span className="text-muted">none</span>;
    return (
      <ul className="flex flex-col gap-1">
        {value.map((each: Json, at) => (
          // Items of a list have no identity but their place.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={at}>
            <FieldValue value={each} />
          </li>
        ))}
      </ul>
    );
  }
  return (
    <dl className="grid grid-cols-[max-content_1fr] gap-x-3 gap-y-1">
      {Object.entries(value).map(([name, member]) => (
        <Fragment key={name}>
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0">
            <FieldValue value={member} />
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}
