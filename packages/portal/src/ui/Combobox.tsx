import { Check, ChevronsUpDown } from "lucide-react";
import { Popover } from "radix-ui";
import { useId, useState, type KeyboardEvent } from "react";
import { activeIndexIn, listMatching, type ComboboxOption } from "./combobox-options.ts";
import { cx } from "./cx.ts";
import { controlFrame } from "./Field.tsx";

export type ComboboxProps = {
  readonly id: string;
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
  readonly onBlur?: () => void;
  /** What the server answered last, perhaps to an earlier `query`: only what matches is offered. More come by `onMore`. */
  readonly options: readonly ComboboxOption[];
  readonly query: string;
  readonly onQueryChange: (query: string) => void;
  readonly onMore?: (() => void) | undefined;
  readonly isLoading?: boolean;
  /** What the chosen value is called when its option is not loaded. */
  readonly chosenLabel?: string | undefined;
  readonly placeholder?: string;
  readonly isDisabled?: boolean;
  readonly "aria-describedby"?: string;
  readonly "aria-invalid"?: true | undefined;
};

/** A text field with a list that the server pages (ARIA combobox with list autocompletion). */
export function Combobox(props: ComboboxProps) {
  const { id, value, query, onQueryChange, onChange } = props;
  const [isOpen, setOpen] = useState(false);
  const [activeValue, setActiveValue] = useState<string>();
  const listId = useId();
  const options = listMatching(props.options, query);
  const active = activeIndexIn(options, activeValue);
  const label =
    props.options.find((option) => option.value === value)?.label ?? props.chosenLabel ?? value;
  const open = () => {
    setOpen(true);
    setActiveValue(value);
  };
  const close = () => {
    setOpen(false);
    onQueryChange("");
  };
  const choose = (option: ComboboxOption | undefined) => {
    if (!option) return;
    onChange(option.value);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (!isOpen) open();
      else setActiveValue(options[Math.min(options.length - 1, Math.max(0, active + step))]?.value);
      if (active >= options.length - 3) props.onMore?.();
    } else if (event.key === "Enter" && isOpen) {
      event.preventDefault();
      choose(options[active]);
    } else if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      close();
    }
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={(next) => (next ? open() : close())}>
      <Popover.Anchor asChild>
        <div className="relative">
          <input
            id={id}
            role="combobox"
            aria-expanded={isOpen}
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={isOpen && active >= 0 ? `${listId}-${active}` : undefined}
            aria-describedby={props["aria-describedby"]}
            aria-invalid={props["aria-invalid"]}
            autoComplete="off"
            disabled={props.isDisabled}
            placeholder={isOpen ? (label ?? props.placeholder) : props.placeholder}
            value={isOpen ? query : (label ?? "")}
            onChange={(event) => {
              onQueryChange(event.target.value);
              setActiveValue(undefined);
              setOpen(true);
            }}
            // Not on click: something above may move the field between press and release.
            onMouseDown={open}
            onClick={open}
            onKeyDown={onKeyDown}
            onBlur={() => {
              close();
              props.onBlur?.();
            }}
            className={cx(controlFrame, "h-8 pr-8 pl-2.5 text-13")}
          />
          <ChevronsUpDown
            aria-hidden
            className="pointer-events-none absolute top-2 right-2 size-4 text-muted"
          />
        </div>
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          onInteractOutside={(event) => event.preventDefault()}
          className="z-50 w-(--radix-popover-trigger-width) animate-appear rounded-md bg-surface shadow-float"
        >
          <OptionList
            {...props}
            options={options}
            listId={listId}
            active={active}
            onChoose={choose}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

type OptionListProps = Pick<
  ComboboxProps,
  "options" | "value" | "query" | "isLoading" | "onMore"
> & {
  readonly listId: string;
  readonly active: number;
  readonly onChoose: (option: ComboboxOption) => void;
};

function OptionList(props: OptionListProps) {
  const { listId, options, active, value, query, isLoading = false, onMore, onChoose } = props;
  return (
    <>
      <div
        id={listId}
        role="listbox"
        aria-label="Choices"
        className="max-h-64 overflow-y-auto p-1"
        onScroll={(event) => {
          const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
          if (scrollTop + clientHeight > scrollHeight - 80) onMore?.();
        }}
      >
        {options.map((option, at) => (
          // Keyboard reaches the options through the text field (aria-activedescendant).
          // oxlint-disable-next-line jsx-a11y/interactive-supports-focus, jsx-a11y/click-events-have-key-events
          <div
            key={option.value}
            id={`${listId}-${at}`}
            role="option"
            aria-selected={option.value === value}
            ref={(node) => {
              if (at === active) node?.scrollIntoView({ block: "nearest" });
            }}
            // The field must keep its focus, or its blur closes the list before the click.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(option)}
            className={cx(
              "flex min-h-8 cursor-pointer items-center gap-2 rounded-sm px-2 text-13 hover:bg-sunken",
              at === active && "bg-accent-soft",
            )}
          >
            <span className="truncate">{option.label}</span>
            {option.detail !== undefined && (
              <span className="truncate font-mono text-12 text-muted">{option.detail}</span>
            )}
            <span className="flex-1" />
            {option.value === value && <Check aria-hidden className="size-4 text-accent" />}
          </div>
        ))}
      </div>
      {options.length === 0 && (
        <p className="px-3 pb-3 text-13 text-muted">
          {isLoading
            ? "Searching…"
            : query === ""
              ? "Nothing to choose from."
              : `No match for “${query}”.`}
        </p>
      )}
    </>
  );
}
