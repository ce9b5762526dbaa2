/** One place of a bad input: `path` is the caller's own path (a form field, `file:line:column`, a setting). */
export type Issue = { readonly path: string; readonly message: string };

export type ErrorDetails = {
  /** Stable, snake_case, never reused for another meaning. */
  readonly code: string;
  /** What happened and why, in the caller's terms. */
  readonly message: string;
  /** What the caller can do now. */
  readonly fix?: string;
  readonly issues?: readonly Issue[];
  /** Further members of the problem document, for machines. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
};

/** A refusal that ends a request. Everything that is not a `PlatformError` is a bug and answers 500. */
export class PlatformError extends Error {
  readonly code: string;
  readonly fix: string | undefined;
  readonly issues: readonly Issue[];
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.fix = details.fix;
    this.issues = details.issues ?? [];
    this.extra = details.extra ?? {};
  }
}

/** The input is wrong and stays wrong when sent again. HTTP 400. */
export class InvalidError extends PlatformError {}
/** No principal could be established. HTTP 401. */
export class UnauthenticatedError extends PlatformError {}
/** The principal is known and may not. HTTP 403. */
export class ForbiddenError extends PlatformError {}
/** HTTP 404. */
export class NotFoundError extends PlatformError {}
/** The state of the target does not allow this now. HTTP 409. */
export class ConflictError extends PlatformError {}
/** A budget or rate limit refuses. HTTP 429. */
export class LimitError extends PlatformError {}
/** A part that is needed does not answer; the same request may succeed later. HTTP 503. */
export class UnavailableError extends PlatformError {}
