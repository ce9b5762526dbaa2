import type { Generated } from "kysely";

export type EventTables = {
  event: {
    seq: Generated<number>;
    tx: Generated<string>;
    time: Generated<Date>;
    type: string;
    source: string;
    subject: string;
    principal: string;
    flow: string | null;
    data: unknown;
  };
};
