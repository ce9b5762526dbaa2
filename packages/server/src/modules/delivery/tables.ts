import type { Generated } from "kysely";

export type DeliveryTables = {
  deployment: {
    name: string;
    component: string;
    owner: string;
    repository: string;
    commit_hash: string;
    key_id: string;
    is_public: boolean;
    run_id: string;
    made_by: string;
    previous: unknown;
    deployed_at: Generated<Date>;
  };
};
