import { parseEntityRef, type Entity } from "@causeway/contract";
import { Waypoints } from "lucide-react";
import { Empty } from "../../ui/Empty.tsx";
import { Section } from "../../ui/Page.tsx";
import { EntityLink } from "../EntityLink.tsx";
import { groupRelations } from "./entity-facts.ts";
import { KindIcon } from "./KindIcon.tsx";

export function RelationsTab({ entity }: { readonly entity: Entity }) {
  const groups = groupRelations(entity);
  if (groups.length === 0) {
    return (
      <Empty icon={Waypoints} title="Nothing relates to this entity">
        Owners, parts, needs and members would stand here, each a link.
      </Empty>
    );
  }
  return (
    <div className="grid items-start gap-5 sm:grid-cols-2 xl:grid-cols-3">
      {groups.map((group) => (
        <Section key={group.word} title={group.word} aside={group.targets.length}>
          <ul className="flex flex-col gap-2">
            {group.targets.map((target) => (
              <li key={target} className="flex items-center gap-2">
                <KindIcon kind={parseEntityRef(target, { kind: "component" }).kind} />
                <EntityLink value={target} />
              </li>
            ))}
          </ul>
        </Section>
      ))}
    </div>
  );
}
