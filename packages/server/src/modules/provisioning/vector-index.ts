/** What finds passages in a store. The one place where drivers differ: `exact` here, in memory; one on an extension of the
 *  database can stand beside it without anybody noticing. */
export type VectorIndex = {
  search(query: IndexQuery): Promise<IndexHit[]>;
};

export type IndexQuery = {
  readonly store: string;
  readonly vector: Float32Array;
  /** The words of the question, for the lexical half. */
  readonly text: string;
  readonly limit: number;
};
export type IndexHit = { readonly chunkId: string; readonly score: number };
