/** W3C trace context: one id for a question, from the caller through this service to every call of the gateway. */
export type Trace = { readonly traceId: string };

export function readTrace(traceparent: string | null): Trace {
  const match = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(traceparent ?? "");
  const traceId = match?.[1];
  return { traceId: traceId && !/^0+$/.test(traceId) ? traceId : randomHex(16) };
}

/** The header for one outgoing call; each call is a span of its own. */
export function toTraceparent(trace: Trace): string {
  return `00-${trace.traceId}-${randomHex(8)}-01`;
}

function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
