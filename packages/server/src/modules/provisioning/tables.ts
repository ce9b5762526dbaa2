import type { Generated, GeneratedAlways } from "kysely";

export type ProvisioningTables = {
  vector_store: {
    ref: string;
    name: string;
    owner: string;
    embedding_route: string;
    dimensions: number;
    revision: Generated<number>;
    chunks: Generated<number>;
    made_by: string;
    created_at: Generated<Date>;
  };
  vector_file: {
    id: string;
    store_ref: string;
    path: string;
    title: string;
    content_hash: string;
    bytes: number;
    made_by: string;
    replaced_by: string | null;
    created_at: Generated<Date>;
  };
  vector_chunk: {
    id: GeneratedAlways<number>;
    file_id: string;
    position: number;
    headings: string[];
    char_start: number;
    char_end: number;
    byte_start: number;
    byte_end: number;
    text: string;
    embedding: Buffer;
  };
  uploaded_file: {
    id: string;
    principal: string;
    filename: string;
    purpose: string;
    content: Buffer;
    created_at: Generated<Date>;
  };
};
