import { refOfEntity } from "@causeway/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { entitiesQuery } from "../api/queries.ts";
import { useDebounced } from "../api/use-debounced.ts";
import { Combobox, type ComboboxProps } from "../ui/Combobox.tsx";
import { shortenRef } from "../ui/Ref.tsx";

/** What a choice shows; without naming them the server would look at names only. */
const shownFields = ["metadata.name", "metadata.title"];

/** Chooses one entity of the catalog; the server pages and searches. */
export function EntityCombobox({
  filters,
  value,
  ...rest
}: Omit<ComboboxProps, "options" | "query" | "onQueryChange" | "onMore" | "isLoading"> & {
  readonly filters: readonly string[];
}) {
  const [query, setQuery] = useState("");
  const typed = query.trim();
  const text = useDebounced(typed, 150);
  const entities = useInfiniteQuery(
    entitiesQuery({ filters, text: toSearchedName(text), textFields: shownFields, limit: 30 }),
  );
  const options = (entities.data?.pages ?? [])
    .flatMap((page) => page.items)
    .map((entity) => {
      const ref = refOfEntity(entity);
      return {
        value: ref,
        label: entity.metadata.title ?? entity.metadata.name,
        detail: shortenRef(ref),
      };
    });
  return (
    <Combobox
      {...rest}
      value={value}
      options={options}
      query={query}
      onQueryChange={setQuery}
      isLoading={entities.isFetching || text !== typed}
      onMore={entities.hasNextPage ? () => void entities.fetchNextPage() : undefined}
      chosenLabel={value === undefined ? undefined : shortenRef(value)}
    />
  );
}

/** Who types a whole ref means its name: `group:platform` → `platform`. */
function toSearchedName(text: string): string {
  return text.slice(Math.max(text.lastIndexOf(":"), text.lastIndexOf("/")) + 1);
}
