import { ConflictError, InvalidError, type UsageRecord } from "@causeway/contract";
import { sha256 } from "#platform/ids";
import type { Log } from "#platform/log";
import { answerLimits, type AnswerEntry, type Answers, type KeptAnswer } from "./answers-store.ts";

export type RepeatedCall = {
  readonly keyId: string;
  readonly idempotencyKey: string;
  readonly body: Uint8Array;
  /** Of a request that nobody sent before. */
  readonly newRequestId: string;
};

/** One call under an `Idempotency-Key`, held by one caller at a time until `release`. */
export type Claim = {
  /** The same for every repeat. */
  readonly requestId: string;
  /** Set: this is the answer; nothing is executed and nothing is paid. */
  readonly kept: KeptAnswer | undefined;
  /** Attempts that earlier executions may have used. */
  readonly attemptsBefore: number;
  /** Before an execution's first attempt. */
  begin(attempts: number): Promise<void>;
  /** Before it settles, so that whatever settled can be answered again. */
  keep(answer: KeptAnswer): Promise<void>;
  release(): void;
};
export type Idempotency = { claim(call: RepeatedCall): Promise<Claim> };

/** Invariants:
 *  D1  one `Idempotency-Key` of one virtual key is one request: one id, at most one answer, paid once
 *  D2  an answer is on disk before it settles, and a settlement before it is sent: a kill between any two of them leaves
 *      either nothing that was billed or an answer that can be given again
 *  D3  an execution that was cut off is repeated as further attempts of the same request. What the first ones cost stays
 *      counted: a provider outside may charge for them */
export function createIdempotency(deps: {
  readonly answers: Answers;
  readonly log: Log;
}): Idempotency {
  const underWay = new Map<string, Promise<void>>();
  return {
    claim: async (call) => {
      const name = sha256(`${call.keyId}\n${call.idempotencyKey}`);
      // Whoever repeats a call that still runs gets its answer.
      for (let other = underWay.get(name); other; other = underWay.get(name)) await other;
      const done = Promise.withResolvers<void>();
      underWay.set(name, done.promise);
      const release = (): void => {
        underWay.delete(name);
        done.resolve();
      };
      try {
        return await openClaim(deps, { name, call, release });
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

type Opening = {
  readonly name: string;
  readonly call: RepeatedCall;
  readonly release: () => void;
};

async function openClaim(
  { answers, log }: { readonly answers: Answers; readonly log: Log },
  { name, call, release }: Opening,
): Promise<Claim> {
  const bodyHash = sha256(call.body);
  const known = await answers.find(name);
  if (known && known.bodyHash !== bodyHash) throw reused();
  const attemptsBefore = known?.attempts ?? 0;
  let entry: AnswerEntry = known ?? {
    requestId: call.newRequestId,
    bodyHash,
    attempts: 0,
    answer: null,
  };
  return {
    requestId: entry.requestId,
    kept: entry.answer ?? undefined,
    attemptsBefore,
    release,
    begin: async (attempts) => {
      entry = { ...entry, attempts: attemptsBefore + attempts };
      await answers.write(name, entry);
    },
    keep: async (answer) => {
      if (answer.body.length > answerLimits.answerBytes) return;
      try {
        await answers.write(name, { ...entry, answer });
      } catch (error) {
        // It is paid for and goes to its caller; only a repeat would be paid again.
        log.error({ err: error, requestId: entry.requestId }, "answer not kept");
      }
    },
  };
}

/** Throws InvalidError `invalid_idempotency_key`. */
export function parseIdempotencyKey(text: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(text)) return text;
  throw new InvalidError({
    code: "invalid_idempotency_key",
    message: "Idempotency-Key must be 1 to 255 visible ASCII characters",
    issues: [{ path: "Idempotency-Key", message: "1 to 255 visible ASCII characters" }],
  });
}

function reused(): ConflictError {
  return new ConflictError({
    code: "idempotency_key_reused",
    message: "This Idempotency-Key was sent before with another body",
    fix: "Use a key of its own for each request; repeat a request unchanged.",
  });
}

/** The records of calls that an earlier process left open, with their true end where an answer tells it. */
export async function completeLeftOver(
  answers: Answers,
  open: readonly UsageRecord[],
): Promise<UsageRecord[]> {
  if (open.length === 0) return [];
  const settled = await answers.findSettlements(open);
  return open.map((record) => settled.get(record.id) ?? record);
}
