import { Client } from "pg";

/** Our database beside PostgreSQL's own. Returns its URL. */
export async function ensureDatabase(socketDirectory: string, user: string): Promise<string> {
  const client = new Client({
    connectionString: urlOf({ socketDirectory, user, name: "postgres" }),
  });
  await client.connect();
  try {
    const found = await client.query("select 1 from pg_database where datname = $1", [user]);
    if (found.rowCount === 0)
      await client.query(`create database ${client.escapeIdentifier(user)}`);
  } finally {
    await client.end();
  }
  return urlOf({ socketDirectory, user, name: user });
}

/** `localhost` is only there to make a URL that every parser takes; `host` wins. */
function urlOf(parts: {
  readonly socketDirectory: string;
  readonly user: string;
  readonly name: string;
}): string {
  return `postgres://${parts.user}@localhost/${parts.name}?host=${encodeURIComponent(parts.socketDirectory)}`;
}
