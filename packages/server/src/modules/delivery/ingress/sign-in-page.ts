/** For a browser without a session. No scripts, no links that a service could have chosen. */
export const signInPage = `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Sign in first</title>
  <style>
    :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
    main { max-width: 34rem; margin: 20vh auto; padding: 0 1.5rem }
    h1 { font-size: 1.25rem }
  </style>
  <main>
    <h1>Sign in first</h1>
    <p>This service answers signed-in callers only. Open the sign-in link that the start of the platform printed
    (it is also in <code>ready.json</code>), then come back to this address.</p>
    <p>Programs send <code>Authorization: Bearer …</code> instead.</p>
  </main>
</html>
`;
