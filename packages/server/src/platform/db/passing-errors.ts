/** SQLSTATE classes that say "not now": connection, resources (disk, memory, connections), shutdown and restart. */
const passingClasses = ["08", "53", "57", "58"];
const passingCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "ETIMEDOUT",
  "40001",
  "40P01",
]);

/** Whether the same statement may succeed when it is sent again later, though it may also have been done already: a
 *  connection can break after COMMIT was sent and before its answer came. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string") {
    return passingCodes.has(error.code) || passingClasses.includes(error.code.slice(0, 2));
  }
  return /connection (terminated|ended|closed|timeout)|client has encountered a connection error/i.test(
    error.message,
  );
}
