import type { RequestUsage, UsageRecord } from "@causeway/contract";

/** What `GET /v1/requests/{id}` answers. Older ones are in the control plane's ledger. */
export type RecentRequests = ReturnType<typeof createRecentRequests>;

const kept = 5_000;

type Entry = { readonly keyId: string; readonly usage: RequestUsage };

export function createRecentRequests() {
  const entries = new Map<string, Entry>();
  const put = (id: string, entry: Entry): void => {
    entries.delete(id);
    entries.set(id, entry);
    const [oldest] = entries.keys();
    if (entries.size > kept && oldest !== undefined) entries.delete(oldest);
  };
  return {
    begin: (id: string, keyId: string, facts: { route: string; traceId: string }): void => {
      const nothingYet = {
        model: null,
        inputTokens: null,
        outputTokens: null,
        costMicroUsd: null,
        notional: null,
        estimated: null,
        ttftMs: null,
      };
      put(id, { keyId, usage: { id, state: "running", ...facts, ...nothingYet } });
    },
    /** The last attempt speaks for the request: earlier ones gave nothing and cost nothing. */
    settle: (record: UsageRecord): void => {
      const { requestId: id, model, route, traceId } = record;
      const { inputTokens, outputTokens, costMicroUsd, notional, estimated, ttftMs } = record;
      const counted = { inputTokens, outputTokens, costMicroUsd, notional, estimated, ttftMs };
      put(id, {
        keyId: record.keyId,
        usage: { id, state: "settled", route, model, traceId, ...counted },
      });
    },
    /** Only to the key whose request it is. */
    find: (id: string, keyId: string): RequestUsage | undefined => {
      const entry = entries.get(id);
      return entry?.keyId === keyId ? entry.usage : undefined;
    },
  };
}
