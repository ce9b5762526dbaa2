/** W3C trace context: https://www.w3.org/TR/trace-context/ */
export type Trace = { readonly traceId: string; readonly flags: string };

export function readTrace(traceparent: string | undefined, newTraceId: () => string): Trace {
  const match = /^00-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/.exec(traceparent ?? "");
  const [, traceId, flags] = match ?? [];
  if (!traceId || !flags || /^0+$/.test(traceId)) return { traceId: newTraceId(), flags: "01" };
  return { traceId, flags };
}

export function toTraceparent(trace: Trace, spanId: string): string {
  return `00-${trace.traceId}-${spanId}-${trace.flags}`;
}
