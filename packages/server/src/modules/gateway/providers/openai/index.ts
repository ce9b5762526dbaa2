import type { AnswerReader } from "../provider.ts";
import { readFailure } from "./error.ts";
import { foldStream } from "./fold-stream.ts";
import { readText, readUsage } from "./from-response.ts";

export { createHttpTransport } from "./client.ts";
export { toOpenAiRequest } from "./to-request.ts";

export const openAiReader: AnswerReader = { readUsage, readText, foldStream, readFailure };
