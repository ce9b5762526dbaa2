import type { Entity } from "@causeway/contract";
import { stringify } from "yaml";
import { Code } from "../../ui/Code.tsx";

/** The whole entity as the catalog holds it, ready for `causeway apply -f`. */
export function YamlTab({ entity }: { readonly entity: Entity }) {
  return <Code text={stringify(entity, { lineWidth: 100 })} label="Entity as YAML" />;
}
