import { InvalidError, UnauthenticatedError, UnavailableError } from "@causeway/contract";

export function confusingPath(reason: string): InvalidError {
  return new InvalidError({
    code: "confusing_path",
    message: `The request was not passed on: ${reason}`,
    fix: "Send a plain path such as /services/handbook/ask.",
  });
}

export function notSignedIn(): UnauthenticatedError {
  return new UnauthenticatedError({
    code: "not_signed_in",
    message: "This service answers signed-in callers only",
    fix: "Open the sign-in link that the start of the platform printed, or send a bearer token.",
  });
}

export function serviceDown(name: string, detail: string | null): UnavailableError {
  return new UnavailableError({
    code: "service_down",
    message: `The service ${name} is not answering now${detail ? `: ${detail}` : ""}`,
    fix: `Try again in a moment. GET /api/services/${name}/logs says why it is down; POST /api/services/${name}/restart starts it anew.`,
  });
}

export const bodyTooLarge = (limitBytes: number) =>
  new InvalidError({
    code: "body_too_large",
    message: `The request's body is larger than ${limitBytes} bytes`,
    fix: "Send less at once.",
  });
