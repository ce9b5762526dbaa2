import type { GoldenPathForm } from "@causeway/contract";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { problemOf } from "../../api/client.ts";
import { goldenPathQuery, planPreviewQuery } from "../../api/queries.ts";
import { useDebounced } from "../../api/use-debounced.ts";
import { splitIssues, toParameters, type FormValues } from "../../forms/form-values.ts";
import { defaultValues, SchemaForm } from "../../forms/SchemaForm.tsx";
import { paths } from "../../paths.ts";
import { Button } from "../../ui/Button.tsx";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { Link } from "../../ui/Link.tsx";
import { Fact, PageHeader } from "../../ui/Page.tsx";
import { EntityLink } from "../EntityLink.tsx";
import { Loaded } from "../Loaded.tsx";
import { useTitle } from "../use-title.ts";
import { LivePreview } from "./LivePreview.tsx";
import { useCreate } from "./use-create.ts";

const route = getRouteApi("/create/$name");

export function CreateFormPage() {
  const { name } = route.useParams();
  const goldenPath = useQuery({ ...goldenPathQuery(name), staleTime: 60_000 });
  useTitle(goldenPath.data?.title ?? "Create");
  return (
    <Loaded query={goldenPath} title="Create">
      {(form) => <CreateForm key={form.name} form={form} />}
    </Loaded>
  );
}

const afterPressMs = 200;

/** Form left, what it would do right; one button when both are right. */
function CreateForm({ form }: { readonly form: GoldenPathForm }) {
  const [values, setValues] = useState<FormValues>(() => defaultValues(form.pages));
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [isAsked, setAsked] = useState(false);
  const parameters = useDebounced(values, 300);
  const preview = useQuery(planPreviewQuery(form.name, parameters));
  const create = useCreate(form.name);
  const problem = preview.error ? problemOf(preview.error) : undefined;
  const issues = problem?.issues ?? [];
  const { byPage } = splitIssues(form.pages, issues);
  const isSettled = parameters === values && !preview.isFetching && !preview.error;

  /** What was wrong with an earlier value says nothing about this one. */
  const isChanged = (field: string) => values[field] !== parameters[field];
  // Later than the press that took the focus away: a message that appears must not move its target.
  const leave = (field: string) => {
    setTimeout(() => setLeft((before) => new Set(before).add(field)), afterPressMs);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (issues.length > 0) focusFirstError();
    else if (isSettled && preview.data)
      create.mutate({ values, shown: preview.data, next: "start" });
  };

  return (
    <>
      <PageHeader
        over={
          <Link href={paths.create()} look="quiet">
            Create
          </Link>
        }
        title={form.need}
        facts={
          <>
            <Fact name="Golden path">
              <EntityLink value={form.ref} />
            </Fact>
            <Fact name="Version">{form.version}</Fact>
            {form.owner !== null && (
              <Fact name="Kept by">
                <EntityLink value={form.owner} />
              </Fact>
            )}
          </>
        }
      />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(20rem,5fr)_minmax(0,7fr)]">
        <form onSubmit={submit} noValidate className="flex flex-col gap-5 lg:sticky lg:top-16">
          {form.pages.map((page, at) => (
            <section key={page.title} className="rounded-md border bg-surface p-4">
              <h2 className="pb-1 text-16">{page.title}</h2>
              {page.description !== undefined && (
                <p className="text-13 text-muted">{page.description}</p>
              )}
              <div className="pt-3">
                <SchemaForm
                  page={page}
                  at={at}
                  values={values}
                  issues={byPage[at] ?? []}
                  isShown={(field) => (isAsked || left.has(field)) && !isChanged(field)}
                  onChange={(changed) =>
                    setValues((before) => toParameters({ ...before, ...changed }))
                  }
                  onLeave={leave}
                />
              </div>
            </section>
          ))}
          {create.error && <ErrorState problem={problemOf(create.error)} />}
          <div className="flex flex-wrap items-center justify-end gap-2">
            <Button
              disabled={!isSettled}
              isBusy={create.isPending && create.variables.next === "review"}
              onClick={() =>
                preview.data && create.mutate({ values, shown: preview.data, next: "review" })
              }
            >
              Save for review
            </Button>
            <Button
              type="submit"
              look="primary"
              aria-disabled={!isSettled}
              isBusy={create.isPending && create.variables.next === "start"}
            >
              {form.type === "service" ? "Create service" : "Create"}
            </Button>
          </div>
        </form>
        <LivePreview
          pages={form.pages}
          preview={preview}
          problem={problem}
          isBehind={parameters !== values || preview.isFetching}
        />
      </div>
    </>
  );
}

function focusFirstError(): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>("form [aria-invalid=true]")?.focus();
  });
}
