import { ForbiddenError, UnauthenticatedError } from "@causeway/contract";

export type Principal = {
  /** Full entity ref: `user:default/developer`. */
  readonly ref: string;
  /** How it proved itself. Only a session of a person may ever approve (I7). */
  readonly via: "session" | "token" | "internal";
  readonly isAdmin: boolean;
  readonly groups: readonly string[];
};

/** Who a request comes from. `renewedCookie` belongs on the answer: the session was extended. */
export type Authenticated = {
  readonly principal: Principal;
  readonly renewedCookie?: string | undefined;
};

/** The principal of a route that is not public; a bug in the route's access otherwise. */
export function principalOf(request: { principal: Principal | undefined }): Principal {
  if (request.principal) return request.principal;
  throw new UnauthenticatedError({
    code: "not_signed_in",
    message: "This needs a signed-in principal",
  });
}

export function assertAdmin(principal: Principal): void {
  if (principal.isAdmin) return;
  throw new ForbiddenError({
    code: "not_administrator",
    message: `${principal.ref} may not do this: only administrators submit runs until policies decide`,
    fix: "Ask a member of the platform group.",
  });
}
