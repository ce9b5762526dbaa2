import { createHash, randomBytes, randomUUID } from "node:crypto";

/** `run_0193…`: a prefix that says what it is, then 26 characters that sort by time (48-bit milliseconds, 82 random bits). */
export function newId(prefix: string): string {
  return `${prefix}_${encodeTime(Date.now())}${encodeRandom(16)}`;
}

// Crockford's base 32: no I, L, O, U.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

function encodeTime(ms: number): string {
  let text = "";
  let rest = ms;
  for (let digit = 0; digit < 10; digit++) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function encodeRandom(length: number): string {
  return Array.from(randomBytes(length), (byte) => alphabet.charAt(byte % 32)).join("");
}

/** A secret of 256 bits for tokens and keys, with a prefix by which scanners know it. */
export function newSecret(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString("base64url")}`;
}

/** SHA-256 as hex. Our tokens carry 256 random bits, so a slow hash would add nothing. */
export function sha256(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

export function newTraceId(): string {
  return randomUUID().replaceAll("-", "");
}

/** W3C Trace Context's id of one span. */
export function newSpanId(): string {
  return randomBytes(8).toString("hex");
}
