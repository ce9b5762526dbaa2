import { LogIn } from "lucide-react";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { Button } from "../../ui/Button.tsx";

/** There is no password: a link made on the command line signs this browser in, once. */
export function SignedOut({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center gap-6 px-6 py-12">
      <div className="flex items-center gap-2.5">
        <img src="/assets/mark-1.svg" alt="" className="size-7" />
        <span className="text-16 font-semibold tracking-tight">Causeway</span>
      </div>
      <div className="flex flex-col gap-2">
        <h1 className="text-28">Sign in with a link</h1>
        <p className="text-muted">
          There is no password to remember. A link made on the command line signs this browser in;
          it works once, for fifteen minutes.
        </p>
      </div>
      <ol className="flex flex-col gap-4">
        <Way
          number={1}
          title="You just started the platform"
          command="npm run up"
          text="It prints a sign-in link when it is ready, and makes a new one at every start."
        />
        <Way
          number={2}
          title="It already runs"
          command="npx causeway login"
          text="Prints a fresh link for you."
        />
      </ol>
      <div>
        <Button icon={LogIn} onClick={onRetry}>
          I have signed in elsewhere
        </Button>
      </div>
    </main>
  );
}

function Way({
  number,
  title,
  command,
  text,
}: {
  readonly number: number;
  readonly title: string;
  readonly command: string;
  readonly text: string;
}) {
  return (
    <li className="flex gap-3 rounded-md border bg-surface p-4">
      <span
        aria-hidden
        className="flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-soft text-12 font-semibold text-accent"
      >
        {number}
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <p className="text-13 font-medium">{title}</p>
        <div className="flex items-center justify-between rounded-md bg-sunken py-1 pr-1 pl-3">
          <code className="font-mono text-13">{command}</code>
          <CopyButton text={command} label={`Copy ${command}`} />
        </div>
        <p className="text-13 text-muted">{text}</p>
      </div>
    </li>
  );
}
