import type { PromptContent } from "@causeway/contract";
import type { ColumnType } from "kysely";

export type PromptTables = {
  prompt_version: {
    ref: string;
    version: number;
    hash: string;
    content: ColumnType<PromptContent, string, string>;
    created_at: Date;
    created_by: string;
    run_id: string | null;
  };
  prompt_label: { ref: string; label: string; version: number };
  prompt_publication: {
    effect: string;
    ref: string;
    label: string;
    before: number | null;
    after: number;
  };
};
