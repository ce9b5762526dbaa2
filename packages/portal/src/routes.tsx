import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";
import {
  entityQuery,
  goldenPathQuery,
  goldenPathsQuery,
  kindFacetsQuery,
  recentRunsQuery,
  runQuery,
  servicesQuery,
} from "./api/queries.ts";
import { HomePage } from "./pages/home/HomePage.tsx";
import { NotFoundPage } from "./pages/shell/NotFound.tsx";
import { PageFailed } from "./pages/shell/PageFailed.tsx";
import { Shell } from "./pages/shell/Shell.tsx";

export type RouterContext = { readonly queries: QueryClient };

/** Query texts of an address: only text, only the names a page knows. */
const texts =
  <const Names extends readonly string[]>(...names: Names) =>
  (search: Record<string, unknown>): { [Name in Names[number]]?: string } =>
    Object.fromEntries(
      names.flatMap((name) => (typeof search[name] === "string" ? [[name, search[name]]] : [])),
    ) as { [Name in Names[number]]?: string }; // Only the names above were taken over.

const root = createRootRouteWithContext<RouterContext>()({ component: Shell });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: HomePage,
  // Loaders start what a page will ask for and do not wait: the page draws its own waiting.
  loader: ({ context: { queries } }) => {
    void queries.prefetchQuery(servicesQuery());
    void queries.prefetchQuery(recentRunsQuery({ limit: 8 }));
  },
});

const catalog = createRoute({
  getParentRoute: () => root,
  path: "/catalog",
  validateSearch: texts("kind", "find"),
  loader: ({ context }) => void context.queries.prefetchQuery(kindFacetsQuery()),
  component: lazyRouteComponent(() => import("./pages/catalog/CatalogPage.tsx"), "CatalogPage"),
});

const EntityPage = lazyRouteComponent(() => import("./pages/catalog/EntityPage.tsx"), "EntityPage");
const entity = createRoute({
  getParentRoute: () => root,
  path: "/catalog/$kind/$namespace/$name/{-$tab}",
  loader: ({ context, params }) => void context.queries.prefetchQuery(entityQuery(params)),
  component: EntityPage,
});

const create = createRoute({
  getParentRoute: () => root,
  path: "/create",
  loader: ({ context }) => void context.queries.prefetchQuery(goldenPathsQuery()),
  component: lazyRouteComponent(() => import("./pages/create/CreatePage.tsx"), "CreatePage"),
});

const createForm = createRoute({
  getParentRoute: () => root,
  path: "/create/$name",
  loader: ({ context, params }) => void context.queries.prefetchQuery(goldenPathQuery(params.name)),
  component: lazyRouteComponent(
    () => import("./pages/create/CreateFormPage.tsx"),
    "CreateFormPage",
  ),
});

const runs = createRoute({
  getParentRoute: () => root,
  path: "/runs",
  validateSearch: texts("state", "template"),
  component: lazyRouteComponent(() => import("./pages/runs/RunsPage.tsx"), "RunsPage"),
});

const run = createRoute({
  getParentRoute: () => root,
  path: "/runs/$runId",
  loader: ({ context, params }) => void context.queries.prefetchQuery(runQuery(params.runId)),
  component: lazyRouteComponent(() => import("./pages/runs/RunPage.tsx"), "RunPage"),
});

const gateway = createRoute({
  getParentRoute: () => root,
  path: "/gateway/{-$tab}",
  validateSearch: texts("by", "principal", "trace"),
  component: lazyRouteComponent(() => import("./pages/gateway/GatewayPage.tsx"), "GatewayPage"),
});

const prompts = createRoute({
  getParentRoute: () => root,
  path: "/prompts",
  component: lazyRouteComponent(() => import("./pages/prompts/PromptsPage.tsx"), "PromptsPage"),
});

const delivery = createRoute({
  getParentRoute: () => root,
  path: "/delivery",
  loader: ({ context }) => void context.queries.prefetchQuery(servicesQuery()),
  component: lazyRouteComponent(() => import("./pages/delivery/DeliveryPage.tsx"), "DeliveryPage"),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  validateSearch: texts("chain"),
  component: lazyRouteComponent(() => import("./pages/audit/AuditPage.tsx"), "AuditPage"),
});

/** Development only: the condition is known to the build, which leaves the page out. */
const gallery = import.meta.env.DEV
  ? [
      createRoute({
        getParentRoute: () => root,
        path: "/ui",
        component: lazyRouteComponent(
          () => import("./pages/gallery/GalleryPage.tsx"),
          "GalleryPage",
        ),
      }),
    ]
  : [];

const pages = [
  home,
  catalog,
  entity,
  create,
  createForm,
  runs,
  run,
  gateway,
  prompts,
  delivery,
  audit,
] as const;

export function createPortalRouter(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([...pages, ...gallery]),
    context: { queries },
    defaultPreload: false,
    // TanStack Query holds the data and knows its age.
    defaultPreloadStaleTime: 0,
    defaultNotFoundComponent: NotFoundPage,
    defaultErrorComponent: PageFailed,
    scrollRestoration: true,
    // Plain query texts: an address is also typed and pasted by people.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const given = Object.entries(search).filter(([, value]) => typeof value === "string");
      const text = new URLSearchParams(Object.fromEntries(given)).toString();
      return text === "" ? "" : `?${text}`;
    },
  });
}
