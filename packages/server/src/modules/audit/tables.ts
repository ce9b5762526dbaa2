import type { Generated } from "kysely";

export type AuditTables = {
  audit_entry: {
    id: Generated<number>;
    chain: string;
    seq: number;
    prev: string;
    hash: string;
    entry: string;
  };
  audit_head: { chain: string; seq: number; hash: string };
};
