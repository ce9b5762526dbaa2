import { problem, serviceAnswer, UnavailableError, type ServiceAnswer } from "@causeway/contract";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "../client/client.ts";

export type AskOptions = {
  readonly name: string;
  readonly question: string;
  readonly signal: AbortSignal;
};

/** After a restart of the platform its services need a moment. */
const patienceMs = 30_000;
const pauseMs = 100;

/** Asks a service through the platform's ingress, as any caller does. */
export async function askService(client: Client, options: AskOptions): Promise<ServiceAnswer> {
  const { origin, token } = client.address;
  const until = Date.now() + patienceMs;
  for (;;) {
    const response = await fetch(`${origin}/services/${options.name}/ask`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token ?? ""}` },
      body: JSON.stringify({ question: options.question }),
      signal: options.signal,
    });
    const body: unknown = await response.json().catch(() => undefined);
    if (response.ok) return serviceAnswer.parse(body);
    const isStarting =
      response.status === 502 || response.status === 503 || response.status === 404;
    if (!isStarting || Date.now() > until) throw toError(response.status, body, options.name);
    await sleep(pauseMs, undefined, { signal: options.signal });
  }
}

function toError(status: number, body: unknown, name: string): UnavailableError {
  const parsed = problem.safeParse(body);
  return new UnavailableError({
    code: "service_did_not_answer",
    message: `The service ${name} did not answer: ${parsed.success ? parsed.data.detail : `status ${status}`}`,
    fix: `Its log: causeway logs ${name}`,
  });
}
