import type { Field as FormField, FieldProps } from "@rjsf/utils";
import { describeField, Field } from "../ui/Field.tsx";
import { toEntityFilters } from "./entity-filter.ts";
import { EntityCombobox } from "./EntityCombobox.tsx";

/** Backstage's pickers. Fields draw their own label: they are one control, though the library thinks otherwise. */
function entityField(defaultKinds: readonly string[]): FormField {
  return function EntityField(props: FieldProps) {
    const { schema, uiSchema, formData, rawErrors = [], required = false, name } = props;
    const id = props.fieldPathId.$id;
    const options: unknown = uiSchema?.["ui:options"];
    const filter =
      typeof options === "object" && options !== null && "catalogFilter" in options
        ? options.catalogFilter
        : undefined;
    return (
      <Field
        id={id}
        label={schema.title ?? name}
        isRequired={required}
        help={schema.description}
        errors={rawErrors}
      >
        <EntityCombobox
          id={id}
          filters={toEntityFilters(filter, defaultKinds)}
          value={typeof formData === "string" ? formData : undefined}
          onChange={(value) => props.onChange(value, props.fieldPathId.path)}
          onBlur={() => props.onBlur(id, formData)}
          isDisabled={props.disabled === true || props.readonly === true}
          placeholder="Choose or type to search"
          {...describeField(id, rawErrors)}
        />
      </Field>
    );
  };
}

const groupsAndUsers = ["Group", "User"];

export const pickers: Readonly<Record<string, FormField>> = {
  OwnerPicker: entityField(groupsAndUsers),
  MyGroupsPicker: entityField(["Group"]),
  EntityPicker: entityField([]),
  OwnedEntityPicker: entityField([]),
};

/** Fields of Backstage that we draw as the plain control of their type. */
export const plainFieldNames = ["EntityNamePicker", "RepoUrlPicker", "EntityTagsPicker"];
