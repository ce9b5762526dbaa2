import { InvalidError } from "@causeway/contract";
import { fuseRanks, takeHighest, type Scored } from "./fuse-ranks.ts";
import { startLexicalIndex, type LexicalIndex } from "./lexical.ts";
import type { VectorIndex } from "./vector-index.ts";

/** What the driver reads its stores from. */
export type IndexRows = {
  describe(store: string): Promise<StoreState>;
  /** In a fixed order (equal scores keep it), a page at a time: between two pages others get their turn. */
  pages(store: string): AsyncIterable<readonly LoadedChunk[]>;
};
export type StoreState = {
  /** Moves with every change of the store's chunks. */
  readonly revision: number;
  readonly dimensions: number;
  readonly chunks: number;
};
export type LoadedChunk = {
  readonly id: string;
  readonly vector: Float32Array;
  readonly searchText: string;
};

type Loaded = Pick<StoreState, "revision" | "dimensions"> & {
  readonly ids: readonly string[];
  /** One after the other, each of length one: cosine is a dot product. */
  readonly vectors: Float32Array;
  readonly lexical: LexicalIndex;
};

/** More would keep the process busy for longer than others should wait: a search looks at every vector. */
export const maxChunksPerStore = 200_000;
/** Over all stores, so that many stores cannot fill the memory; the one used longest ago is dropped and read again. */
const maxChunksInMemory = 400_000;
/** How far down each half of the hybrid looks. */
const candidates = 50;

/** Every vector of a store in memory, compared one by one: exact, simple, and fast up to 200,000 chunks. Stores are
 *  loaded when first asked and again when their revision has moved. */
export function createExactIndex(rows: IndexRows): VectorIndex {
  const stores = new Map<string, Promise<Loaded>>();

  const current = async (store: string): Promise<Loaded> => {
    const state = await rows.describe(store);
    const known = stores.get(store);
    const loaded = known && (await known.catch(() => undefined));
    if (loaded?.revision === state.revision) {
      touch(stores, store);
      return loaded;
    }
    // Somebody else may have begun to load while we waited.
    const begun = stores.get(store);
    if (begun && begun !== known) return begun;
    const loading = load(rows, store, state);
    stores.set(store, loading);
    loading.catch(() => stores.get(store) === loading && stores.delete(store));
    const fresh = await loading;
    await evict(stores);
    return fresh;
  };

  return {
    search: async ({ store, vector, text, limit }) => {
      const loaded = await current(store);
      if (vector.length !== loaded.dimensions) throw wrongDimensions(loaded.dimensions, vector);
      const near = takeHighest(cosines(loaded, normalize(vector)), candidates);
      const wordy = takeHighest(loaded.lexical.score(text), candidates);
      return fuseRanks([near, wordy])
        .slice(0, limit)
        .flatMap(({ position, score }) => {
          const chunkId = loaded.ids[position];
          return chunkId === undefined ? [] : [{ chunkId, score }];
        });
    },
  };
}

/** A store that changes meanwhile is read as it comes; its new revision has the next search read it again. */
async function load(rows: IndexRows, store: string, state: StoreState): Promise<Loaded> {
  const { revision, dimensions, chunks } = state;
  const vectors = new Float32Array(chunks * dimensions);
  const ids: string[] = [];
  const lexical = startLexicalIndex();
  for await (const page of rows.pages(store)) {
    for (const { id, vector, searchText } of page.slice(0, chunks - ids.length)) {
      vectors.set(normalize(vector), ids.length * dimensions);
      lexical.add(searchText);
      ids.push(id);
    }
  }
  return { revision, dimensions, ids, vectors, lexical: lexical.build() };
}

/** Only what is near at all: a zero vector (a question without a word that counts) is near nothing. */
function* cosines({ vectors, dimensions, ids }: Loaded, query: Float32Array): Generator<Scored> {
  for (let position = 0; position < ids.length; position++) {
    let score = 0;
    const offset = position * dimensions;
    for (let at = 0; at < dimensions; at++) score += (vectors[offset + at] ?? 0) * (query[at] ?? 0);
    if (score > 0) yield { position, score };
  }
}

export function normalize(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const norm = Math.sqrt(sum);
  return norm === 0 ? vector : vector.map((value) => value / norm);
}

function touch(stores: Map<string, Promise<Loaded>>, store: string): void {
  const entry = stores.get(store);
  if (!entry) return;
  stores.delete(store);
  stores.set(store, entry);
}

async function evict(stores: Map<string, Promise<Loaded>>): Promise<void> {
  const sizes = await Promise.all(
    [...stores].map(async ([store, loading]) => {
      const loaded = await loading.catch(() => undefined);
      return { store, chunks: loaded?.ids.length ?? 0 };
    }),
  );
  let total = sizes.reduce((sum, { chunks }) => sum + chunks, 0);
  // A Map keeps the order of insertion, so the first was used longest ago. The last one was just asked for.
  for (const { store, chunks } of sizes.slice(0, -1)) {
    if (total <= maxChunksInMemory) return;
    stores.delete(store);
    total -= chunks;
  }
}

function wrongDimensions(dimensions: number, vector: Float32Array): InvalidError {
  return new InvalidError({
    code: "wrong_dimensions",
    message: `This store holds vectors of ${dimensions} dimensions, the embedding model answered with ${vector.length}`,
    fix: "Point the store's embedding route at the model that the store was made with.",
  });
}
