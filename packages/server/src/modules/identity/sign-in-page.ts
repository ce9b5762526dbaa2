export type SignInProblem = "expired" | "used" | "unknown";

const stories: Readonly<Record<SignInProblem, { title: string; what: string }>> = {
  expired: {
    title: "This sign-in link has expired",
    what: "A link works for 15 minutes after it was made. This one is older.",
  },
  used: {
    title: "This sign-in link was already used",
    what: "A link signs in once. If that was you, the portal may already be open in another tab.",
  },
  unknown: {
    title: "This is not a sign-in link of this platform",
    what: "The address is incomplete, or the link was made by another platform.",
  },
};

/** What a person reads whose link does not work. Stands alone: no script, no file beside it. */
export function signInProblemPage(problem: SignInProblem): string {
  const { title, what } = stories[problem];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - Causeway</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1.5rem }
h1 { font-size: 1.4rem } code { font-size: .95em; padding: .1em .3em; background: #8882; border-radius: 4px }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${what}</p>
<h2 style="font-size:1rem">How to get a new one</h2>
<ul>
<li><code>npx causeway login</code> makes one.</li>
<li><code>npm run up</code> prints one at each start.</li>
</ul>
<p><a href="/">To the portal</a>, if you are signed in already.</p>
</main>
</body>
</html>
`;
}
