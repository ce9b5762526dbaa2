/** What looks like a credential is replaced before a text is stored (I9). It errs on the side of removing too much: a
 *  lost word in a log line costs less than a key in a table. */
export function redact(text: string): string {
  return patterns.reduce(
    (clean, [pattern, replacement]) => clean.replaceAll(pattern, replacement),
    text,
  );
}

const removed = "[removed]";
const patterns: readonly (readonly [RegExp, string])[] = [
  // user:password@ of an address
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${removed}@`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${removed}`],
  [
    /\b((?:api|access|secret|private|auth)?[_-]?(?:key|token|secret|password|passwd|pwd|credential)s?["']?\s*[:=]\s*["']?)[^\s"',;&]{4,}/gi,
    `$1${removed}`,
  ],
  // Our own secrets and those of the usual providers: a short prefix, then a long random tail.
  [/\b[a-z]{2,12}[_-](?:[a-z]{2,12}[_-])?[A-Za-z0-9_-]{32,}/g, removed],
  [/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+/g, removed],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, removed],
];
