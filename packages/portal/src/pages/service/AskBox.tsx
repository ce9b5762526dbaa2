import type { ServiceAnswer, ServiceView } from "@causeway/contract";
import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { CornerDownLeft, Quote, SearchX } from "lucide-react";
import { useState, type FormEvent, type KeyboardEvent } from "react";
import { askService } from "../../api/ask-service.ts";
import { problemOf } from "../../api/client.ts";
import { paths } from "../../paths.ts";
import { Button } from "../../ui/Button.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Link } from "../../ui/Link.tsx";
import { Count, Money } from "../../ui/Money.tsx";
import { Section } from "../../ui/Page.tsx";
import { SkeletonLines } from "../../ui/Skeleton.tsx";
import { DurationText } from "../../ui/Time.tsx";

/** Spend has moved, but the gateway reports it in batches: mostly within a second, under load a few. */
const reportPausesMs = [0, 600, 1_500, 4_000];

const spendKeys = new Set<unknown>(["budgets", "recent-requests", "usage", "usage-requests"]);

function refreshSpend(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({ predicate: ({ queryKey }) => spendKeys.has(queryKey[0]) });
}

/** One question, one answer with its proof and its price. */
export function AskBox({ service }: { readonly service: ServiceView }) {
  const [question, setQuestion] = useState("");
  const queries = useQueryClient();
  const ask = useMutation({
    mutationFn: (text: string) => askService(service.name, text),
    onSettled: () => {
      for (const pauseMs of reportPausesMs) setTimeout(() => void refreshSpend(queries), pauseMs);
    },
  });
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (question.trim() !== "") ask.mutate(question.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      submit();
    }
  };
  return (
    <Section title="Ask it">
      <form onSubmit={submit} className="flex flex-col gap-2">
        <label htmlFor="question" className="sr-only">
          Question to {service.name}
        </label>
        <TextArea
          id="question"
          rows={2}
          value={question}
          onChange={(event) => setQuestion(event.target.value)}
          onKeyDown={onKeyDown}
          placeholder="A question that its documents answer"
        />
        <div className="flex items-center justify-between gap-3">
          <p className="text-12 text-muted">The call counts against the service’s budget.</p>
          <Button
            type="submit"
            look="primary"
            icon={CornerDownLeft}
            isBusy={ask.isPending}
            disabled={question.trim() === ""}
          >
            Ask
          </Button>
        </div>
      </form>
      <div aria-live="polite">
        {ask.isPending && <SkeletonLines count={2} />}
        {ask.error && (
          <div className="pt-4">
            <ErrorState problem={problemOf(ask.error)} onRetry={() => ask.mutate(ask.variables)} />
          </div>
        )}
        {ask.data && !ask.isPending && <Answer asked={ask.variables} answer={ask.data} />}
      </div>
    </Section>
  );
}

function Answer({ asked, answer }: { readonly asked: string; readonly answer: ServiceAnswer }) {
  return (
    <article className="mt-4 flex flex-col gap-4 border-t pt-4">
      <div>
        <p className="text-12 text-muted">{asked}</p>
        <p className="pt-1 text-16 whitespace-pre-wrap">
          {!answer.found && <SearchX aria-hidden className="mr-2 inline size-4 text-muted" />}
          {answer.answer}
        </p>
        {!answer.found && (
          <p className="pt-1 text-13 text-muted">
            Its documents do not answer this; the service says so instead of guessing.
          </p>
        )}
      </div>
      {answer.sources.length > 0 && <Sources sources={answer.sources} />}
      <Cost answer={answer} />
    </article>
  );
}

function Sources({ sources }: Pick<ServiceAnswer, "sources">) {
  return (
    <section aria-label="Sources" className="flex flex-col gap-3">
      {sources.map((source) => (
        <figure key={`${source.path} ${source.quote}`} className="flex gap-2.5">
          <Quote aria-hidden className="mt-1 size-3.5 shrink-0 text-accent" />
          <div className="min-w-0">
            <blockquote className="border-l-2 border-accent/40 pl-3 text-13">
              {source.quote}
            </blockquote>
            <figcaption className="pt-1 text-12 text-muted">
              <span className="text-text">{source.title}</span>{" "}
              <code className="font-mono break-all">{source.path}</code>
            </figcaption>
          </div>
        </figure>
      ))}
    </section>
  );
}

function Cost({ answer }: { readonly answer: ServiceAnswer }) {
  const { usage } = answer;
  const facts = [
    {
      name: "Tokens",
      value: (
        <>
          <Count value={usage.inputTokens} /> in, <Count value={usage.outputTokens} /> out
        </>
      ),
    },
    {
      name: "Cost",
      value: <Money microUsd={usage.costMicroUsd} kind={usage.notional ? "notional" : "real"} />,
    },
    { name: "First token", value: <DurationText durationMs={answer.ttftMs} /> },
    {
      name: "Trace",
      value: (
        <span className="flex items-center gap-1">
          <Link
            href={paths.requests({ trace: answer.traceId })}
            title={answer.traceId}
            className="font-mono text-12"
          >
            {answer.traceId.slice(0, 12)}…
          </Link>
          <CopyButton text={answer.traceId} label="Copy trace id" />
        </span>
      ),
    },
  ];
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2 rounded-md bg-sunken px-3 py-2 text-13">
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt className="text-12 text-muted">{fact.name}</dt>
          <dd className="flex min-h-6 items-center">
            <span>{fact.value}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
