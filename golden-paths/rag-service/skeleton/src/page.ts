import type { Answer } from "./ask.ts";
import type { Problem } from "./problem.ts";

export type Page = {
  readonly service: string;
  readonly ticket: string;
  readonly question: string;
  readonly answer?: Answer;
  readonly problem?: Problem;
  readonly note?: string;
};

/** One page without scripts. The platform's ingress serves it in a sandbox whose origin is unlike any other, so that a
 *  service's page can never act as the person in the portal. From there the session's cookie travels only with a
 *  top-level GET: therefore the form says GET, with a relative address that works below any path. */
export function renderPage(page: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(page.service)}: ask the documents</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(page.service)}</h1>
<p class="lead">Answers come from the documents, with the sources quoted word for word.</p>
<form action="ask" method="get">
<label for="question">Your question</label>
<div class="row">
<input id="question" name="question" required maxlength="2000" autocomplete="off" autofocus value="${escapeHtml(page.question)}">
<input type="hidden" name="ticket" value="${escapeHtml(page.ticket)}">
<button type="submit">Ask</button>
</div>
</form>
${page.note ? `<p role="status" class="note">${escapeHtml(page.note)}</p>` : ""}
${page.problem ? `<p role="alert" class="problem">${escapeHtml(page.problem.message)}</p>` : ""}
${page.answer ? renderAnswer(page.answer) : ""}
</main>
</body>
</html>
`;
}

function renderAnswer({ answer, sources, usage, ttftMs, traceId }: Answer): string {
  const quotes = sources
    .map(
      ({ title, path, quote }) =>
        `<li><blockquote>${escapeHtml(quote)}</blockquote><p><strong>${escapeHtml(title)}</strong> <code>${escapeHtml(path)}</code></p></li>`,
    )
    .join("\n");
  const facts = [
    `${usage.inputTokens} tokens in, ${usage.outputTokens} out`,
    formatCost(usage.costMicroUsd, usage.notional),
    ...(ttftMs === null ? [] : [`first word after ${ttftMs} ms`]),
    `trace ${traceId}`,
  ];
  return `<section aria-labelledby="answer">
<h2 id="answer">Answer</h2>
<p class="answer">${escapeHtml(answer)}</p>
${quotes ? `<h2>Sources</h2>\n<ol>\n${quotes}\n</ol>` : ""}
<p class="facts">${facts.map(escapeHtml).join(" · ")}</p>
</section>`;
}

export function formatCost(microUsd: number | null, isNotional: boolean): string {
  if (microUsd === null) return "cost unknown";
  const dollars = `$${(microUsd / 1_000_000).toFixed(6)}`;
  return isNotional ? `${dollars} (notional)` : dollars;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

const style = `
:root { color-scheme: light dark; --line: light-dark(#c9ced6, #454b55); --soft: light-dark(#555c66, #aab1bb); --accent: light-dark(#0b5cad, #7db7f5); }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 3rem 1.25rem; }
h1 { margin: 0; font-size: 1.75rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; }
.lead, .facts { color: var(--soft); }
.facts { font-size: .85rem; overflow-wrap: anywhere; }
label { display: block; margin: 1.5rem 0 .35rem; font-weight: 600; }
.row { display: flex; gap: .5rem; }
input { flex: 1; min-width: 0; padding: .6rem .75rem; font: inherit; border: 1px solid var(--line); border-radius: .5rem; }
button { padding: .6rem 1.2rem; font: inherit; font-weight: 600; border: 0; border-radius: .5rem; background: var(--accent); color: light-dark(#fff, #10151c); cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
ol { padding-left: 1.25rem; }
blockquote { margin: 0; padding-left: .75rem; border-left: 3px solid var(--accent); white-space: pre-wrap; }
li p { margin: .25rem 0 1rem; }
.problem { border-left: 3px solid #c62828; padding-left: .75rem; }
`;
