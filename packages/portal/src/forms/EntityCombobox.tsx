import { refOfEntity } from "@causeway/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { entitiesQuery } from "../api/queries.ts";
import { useDebounced } from "../api/use-debounced.ts";
import { Combobox, type ComboboxProps } from "../ui/Combobox.tsx";
import { shortenRef } from "../ui/Ref.tsx";

/** Chooses one entity of the catalog; the server pages and searches. */
export function EntityCombobox({
  filters,
  value,
  ...rest
}: Omit<ComboboxProps, "options" | "query" | "onQueryChange" | "onMore" | "isLoading"> & {
  readonly filters: readonly string[];
}) {
  const [query, setQuery] = useState("");
  const text = useDebounced(query.trim(), 150);
  const entities = useInfiniteQuery(entitiesQuery({ filters, text, limit: 30 }));
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
      isLoading={entities.isFetching}
      onMore={entities.hasNextPage ? () => void entities.fetchNextPage() : undefined}
      chosenLabel={value === undefined ? undefined : shortenRef(value)}
    />
  );
}
