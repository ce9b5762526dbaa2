import { z } from "zod";

/** `GET /api/me` */
export const me = z.strictObject({
  principal: z.string(),
  displayName: z.string(),
  via: z.enum(["session", "token"]),
  isAdmin: z.boolean(),
  groups: z.array(z.string()),
});
export type Me = z.infer<typeof me>;

/** `POST /api/sign-in-links` → 201. Without `principal` for oneself; for somebody else by administrators only. */
export const createSignInLink = z.strictObject({ principal: z.string().optional() });
export const signInLink = z.strictObject({
  /** Opened once, in a browser, it signs in. */
  url: z.url(),
  principal: z.string(),
  expiresAt: z.iso.datetime(),
});
export type SignInLink = z.infer<typeof signInLink>;

/** `GET /api/tokens` → `{items}` of oneself; administrators with `?principal=` of anybody. */
export const tokenView = z.strictObject({
  id: z.string(),
  name: z.string(),
  principal: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
});
export type TokenView = z.infer<typeof tokenView>;

/** `POST /api/tokens` → 201; the secret is shown this once. `DELETE /api/tokens/{id}` → 204. */
export const createToken = z.strictObject({
  name: z.string().min(1).max(100),
  principal: z.string().optional(),
});
export const createdToken = tokenView.extend({ secret: z.string() });
