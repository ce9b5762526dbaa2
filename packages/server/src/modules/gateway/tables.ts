import type { ColumnType, Generated } from "kysely";

type RefList = readonly string[] | "*";
/** JSON columns: read parsed, written as text. */
type JsonColumn<Value> = ColumnType<Value, string, string>;

export type GatewayTables = {
  gateway_key: {
    id: string;
    name: string;
    principal: string;
    owner: string;
    flow: string | null;
    budget_ref: string | null;
    routes: JsonColumn<RefList>;
    prompts: JsonColumn<RefList>;
    vector_stores: JsonColumn<readonly string[]>;
    idempotency_key: string;
    created_at: Generated<Date>;
    last_used_at: Date | null;
    revoked_at: Date | null;
  };
  gateway_key_secret: {
    hash: string;
    key_id: string;
    created_at: Generated<Date>;
    expires_at: Date | null;
    revoked_at: Date | null;
  };
  gateway_ledger: {
    id: string;
    request_id: string;
    attempt: number;
    gateway: string;
    at: Date;
    key_id: string;
    principal: string;
    owner: string;
    flow: string | null;
    route: string;
    model: string;
    provider: string;
    operation: "chat" | "embeddings";
    stream: boolean;
    outcome: "succeeded" | "failed" | "cancelled" | "refused";
    http_status: number;
    error_code: string | null;
    input_tokens: number;
    output_tokens: number;
    estimated: boolean;
    cost_micro_usd: number | null;
    notional: boolean;
    price_since: string | null;
    budget_id: string | null;
    window_start: Date | null;
    ttft_ms: number | null;
    duration_ms: number;
    trace_id: string;
    received_at: Generated<Date>;
  };
  gateway_grant: {
    budget_id: string;
    window_start: Date;
    gateway: string;
    granted_micro_usd: number;
    updated_at: Generated<Date>;
  };
  gateway_snapshot: { only: Generated<boolean>; version: number; content_hash: string };
};
