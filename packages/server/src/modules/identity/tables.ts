type Via = "session" | "token";

export type IdentityTables = {
  identity_sign_in_link: {
    hash: string;
    principal: string;
    via: Via;
    created_by: string;
    created_at: Date;
    expires_at: Date;
    used_at: Date | null;
  };
  identity_session: {
    hash: string;
    principal: string;
    via: Via;
    created_at: Date;
    last_used_at: Date;
    expires_at: Date;
  };
  identity_token: {
    id: string;
    hash: string;
    principal: string;
    name: string;
    created_by: string;
    created_at: Date;
    last_used_at: Date | null;
    revoked_at: Date | null;
  };
};
