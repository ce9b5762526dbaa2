import type { Me } from "@causeway/contract";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet, useRouter } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { isSignedOut, problemOf } from "../../api/client.ts";
import { meQuery } from "../../api/queries.ts";
import { requestSignOut } from "../../api/sign-out.ts";
import { Drawer } from "../../ui/Dialog.tsx";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { LinkBehaviourProvider, useLinkBehaviour } from "../../ui/Link.tsx";
import { ToastProvider } from "../../ui/Toast.tsx";
import { TooltipProvider } from "../../ui/Tooltip.tsx";
import { Navigation } from "./Navigation.tsx";
import { Palette } from "./Palette.tsx";
import { useSingleKeys } from "./preferences.ts";
import { ShortcutsDialog } from "./ShortcutsDialog.tsx";
import { SignedOut } from "./SignedOut.tsx";
import { TopBar } from "./TopBar.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

/** The frame of every page: who is there decides between the portal and the way in. */
export function Shell() {
  const router = useRouter();
  const me = useQuery(meQuery());
  const behaviour = useMemo(
    () => ({
      navigate: (href: string) => router.history.push(href),
      preload: (href: string) => {
        // A page's code and first data, before the press. That it failed is told when it is opened.
        void router.preloadRoute({ to: href.split("?")[0] ?? "/" } as never).catch(() => undefined); // Typed for literal routes only.
      },
    }),
    [router],
  );
  return (
    <LinkBehaviourProvider value={behaviour}>
      <TooltipProvider delayDuration={300}>
        <ToastProvider>
          {me.data && !isSignedOut(me.error) && <Frame me={me.data} />}
          {isSignedOut(me.error) && <SignedOut onRetry={() => void me.refetch()} />}
          {!me.data && me.error && !isSignedOut(me.error) && (
            <main className="mx-auto max-w-xl px-4 pt-[20vh]">
              <ErrorState problem={problemOf(me.error)} onRetry={() => void me.refetch()} />
            </main>
          )}
        </ToastProvider>
      </TooltipProvider>
    </LinkBehaviourProvider>
  );
}

function Frame({ me }: { readonly me: Me }) {
  const queries = useQueryClient();
  const links = useLinkBehaviour();
  const [opened, setOpened] = useState<"none" | "navigation" | "palette" | "shortcuts">("none");
  const [singleKeys] = useSingleKeys();
  const go = (href: string) => links?.navigate(href);
  const openIf = (what: typeof opened) => (isOpen: boolean) => setOpened(isOpen ? what : "none");
  useShortcuts({
    isOn: singleKeys === "on",
    go,
    openPalette: () => setOpened("palette"),
    openShortcuts: () => setOpened("shortcuts"),
  });
  const signOut = async () => {
    await requestSignOut();
    queries.clear();
    location.assign("/");
  };
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[12.5rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="fixed top-2 left-2 z-60 -translate-y-16 rounded-md bg-accent px-3 py-1.5 text-13 font-medium text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>
      <div className="hidden border-r md:block">
        <div className="sticky top-0 max-h-dvh overflow-y-auto">
          <Navigation isAdmin={me.isAdmin} />
        </div>
      </div>
      <Drawer
        isOpen={opened === "navigation"}
        onOpenChange={openIf("navigation")}
        title="Navigation"
      >
        <Navigation isAdmin={me.isAdmin} onFollow={() => setOpened("none")} />
      </Drawer>
      <div className="min-w-0">
        <TopBar
          me={me}
          onOpenNavigation={() => setOpened("navigation")}
          onOpenPalette={() => setOpened("palette")}
          onOpenShortcuts={() => setOpened("shortcuts")}
          onSignOut={() => void signOut()}
          onGo={go}
        />
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto max-w-[90rem] px-4 py-5 outline-none md:px-6"
        >
          <Outlet />
        </main>
      </div>
      <Palette
        isOpen={opened === "palette"}
        onOpenChange={openIf("palette")}
        onGo={go}
        onOpenShortcuts={() => setOpened("shortcuts")}
      />
      <ShortcutsDialog isOpen={opened === "shortcuts"} onOpenChange={openIf("shortcuts")} />
    </div>
  );
}
