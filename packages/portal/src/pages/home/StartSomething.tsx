import { useQuery } from "@tanstack/react-query";
import { LayoutTemplate, ArrowRight } from "lucide-react";
import { goldenPathsQuery } from "../../api/queries.ts";
import { paths } from "../../paths.ts";
import { Empty } from "../../ui/Empty.tsx";
import { Link } from "../../ui/Link.tsx";
import { MoreLink, Section } from "../../ui/Page.tsx";
import { Loaded } from "../Loaded.tsx";

/** The first few needs; the gallery has them all. */
export function StartSomething() {
  const goldenPaths = useQuery(goldenPathsQuery());
  return (
    <Section
      title="Start something"
      isFlush
      aside={<MoreLink href={paths.create()}>All golden paths</MoreLink>}
    >
      <Loaded query={goldenPaths} skeleton={<div className="h-24" />}>
        {(items) =>
          items.length === 0 ? (
            <div className="p-3">
              <Empty
                icon={LayoutTemplate}
                title="No golden path is registered"
                command="npx causeway apply -f golden-paths/rag-service/template.yaml"
              >
                A golden path is a template with everything that a running service needs.
              </Empty>
            </div>
          ) : (
            <ul>
              {items.slice(0, 4).map((item) => (
                <li key={item.ref} className="border-b last:border-b-0">
                  <Link
                    href={paths.createFrom(item.name)}
                    look="bare"
                    className="group flex items-center gap-3 px-3 py-2.5 -outline-offset-2 hover:bg-hover"
                  >
                    <span className="min-w-0 flex-1">
                      <span className="block text-13 font-medium">{item.need}</span>
                      <span className="block text-12 text-muted">{item.title}</span>
                    </span>
                    <ArrowRight
                      aria-hidden
                      className="size-4 text-muted transition-transform group-hover:translate-x-0.5 group-hover:text-accent"
                    />
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}
