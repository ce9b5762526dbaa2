/** A gateway that answers as the real one does, for tests: what it was asked is kept in `requests`. */
export type FakeGateway = {
  readonly fetch: typeof fetch;
  readonly requests: { method: string; path: string; headers: Headers; body: unknown }[];
};

export type Answers = {
  readonly answer?: string;
  readonly passages?: readonly { path: string; title: string; text: string }[];
  /** Refuse every call to this path. */
  readonly refuse?: { path: string; status: number; body: unknown; headers?: Record<string, string> };
  readonly unsettledLooks?: number;
};

export const leave = {
  path: "handbook/leave.md",
  title: "Leave",
  text: "Full-time employees have 30 days of leave.",
};

export function fakeGateway(answers: Answers = {}): FakeGateway {
  const requests: FakeGateway["requests"] = [];
  let looks = 0;
  const respond = (path: string, headers: Headers): Response => {
    if (answers.refuse && path.startsWith(answers.refuse.path)) {
      const { status, body, headers } = answers.refuse;
      return Response.json(body, { status, headers: headers ?? {} });
    }
    if (path.startsWith("/v1/prompts/")) return prompt(headers);
    if (path.endsWith("/search")) return found(answers.passages ?? [leave]);
    if (path === "/v1/chat/completions") {
      return stream(answers.answer ?? '"Full-time employees have 30 days of leave." [1]');
    }
    looks += 1;
    const state = looks > (answers.unsettledLooks ?? 0) ? "settled" : "running";
    return Response.json({ state, inputTokens: 90, outputTokens: 10, costMicroUsd: 20, notional: true });
  };
  const fakeFetch: typeof fetch = async (input, init) => {
    const request = new Request(input as string | URL, init as RequestInit);
    const path = new URL(request.url).pathname;
    const text = await request.text();
    requests.push({
      method: request.method,
      path,
      headers: request.headers,
      body: text === "" ? undefined : JSON.parse(text),
    });
    return respond(path, request.headers);
  };
  return { fetch: fakeFetch, requests };
}

function prompt(headers: Headers): Response {
  if (headers.get("if-none-match") === '"v1"') return new Response(null, { status: 304 });
  return Response.json(
    {
      system: "Quote.",
      template: "Passages:\n\n{{passages}}\n\nQuestion: {{question}}",
      route: "route:default/chat",
      retrieval: { topK: 3 },
    },
    { headers: { etag: '"v1"' } },
  );
}

function found(passages: readonly { path: string; title: string; text: string }[]): Response {
  return Response.json({
    data: passages.map(({ path, title, text }) => ({
      filename: path,
      attributes: { path, title },
      content: [{ type: "text", text }],
    })),
    usage: { inputTokens: 10, costMicroUsd: 1, notional: true },
  });
}

function stream(text: string): Response {
  const chunks = text.match(/.{1,7}/gs) ?? [];
  const events = [
    { choices: [{ delta: { role: "assistant" } }] },
    ...chunks.map((content) => ({ choices: [{ delta: { content } }] })),
    { choices: [], usage: { prompt_tokens: 90, completion_tokens: 10 } },
  ];
  const body = [...events.map((event) => JSON.stringify(event)), "[DONE]"]
    .map((data) => `data: ${data}\n\n`)
    .join("");
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "x-request-id": "req_1" },
  });
}
