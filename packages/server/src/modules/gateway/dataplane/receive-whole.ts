import {
  failed,
  parseJson,
  readFailure,
  type Exchange,
  type ExchangeDeps,
  type Failure,
  type Receiver,
} from "./exchange.ts";

const maxAnswerBytes = 64 * 1024 * 1024;

/** Gathers an answer that is not a stream. A caller who leaves does not stop it: the provider charges for it anyway, and so
 *  its true usage is read and settled. */
export function receiveWhole(deps: ExchangeDeps, onAnswer: (body: Buffer) => void) {
  return (exchange: Exchange): Receiver => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const fail = (failure: Failure): void => exchange.end("failed", { failure });
    return {
      data: (chunk) => {
        chunks.push(chunk);
        bytes += chunk.byteLength;
        if (bytes > maxAnswerBytes) {
          fail(failed(502, "upstream_answer_too_large", "The provider's answer is too large"));
        }
      },
      finished: () => {
        const { status } = exchange.head();
        const body = Buffer.concat(chunks);
        if (status !== 200) return fail(readFailure(deps, status, body.toString("utf8")));
        const answer = parseJson(body.toString("utf8"));
        if (typeof answer !== "object" || answer === null) {
          return fail(failed(502, "upstream_malformed", "The provider's answer is not JSON"));
        }
        if ("error" in answer && answer.error) {
          return fail(readFailure(deps, 502, body.toString("utf8")));
        }
        exchange.end("answered", {
          usage: deps.reader.readUsage(answer),
          text: deps.reader.readText(answer),
        });
        onAnswer(body);
      },
      fail,
      left: () => {},
    };
  };
}
