import type {
  ArrayFieldItemTemplateProps,
  ArrayFieldTemplateProps,
  FieldTemplateProps,
  ObjectFieldTemplateProps,
} from "@rjsf/utils";
import { Plus, Trash2 } from "lucide-react";
import { Button, IconButton } from "../ui/Button.tsx";
import { Field, FieldErrors } from "../ui/Field.tsx";
import { BaseInput } from "./widgets.tsx";

/** Controls that bring their own label; the library's types say it only indirectly. */
function drawsOwnLabel({ schema, uiSchema }: FieldTemplateProps): boolean {
  return (
    schema.type === "object" ||
    (schema.type === "boolean" && uiSchema?.["ui:widget"] === undefined) ||
    typeof uiSchema?.["ui:field"] === "string"
  );
}

function FieldTemplate(props: FieldTemplateProps) {
  const { id, label, required = false, rawErrors = [], rawHelp, rawDescription } = props;
  if (props.hidden === true) return <div hidden>{props.children}</div>;
  if (drawsOwnLabel(props)) {
    return (
      <div>
        {props.children}
        {props.schema.type === "boolean" && <FieldErrors id={id} errors={rawErrors} />}
      </div>
    );
  }
  return (
    <Field
      id={id}
      label={label}
      isRequired={required}
      errors={rawErrors}
      help={
        <>
          {rawDescription}
          {rawHelp !== undefined && <span className="block">{capitalize(rawHelp)}</span>}
        </>
      }
    >
      {props.children}
    </Field>
  );
}

function capitalize(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function ObjectFieldTemplate({
  properties,
  title,
  description,
  fieldPathId,
}: ObjectFieldTemplateProps) {
  const fields = properties.filter((property) => !property.hidden);
  // The page itself: its title stands above the form.
  if (fieldPathId.path.length === 0) {
    return (
      <div className="flex flex-col gap-5">
        {fields.map((property) => (
          <div key={property.name}>{property.content}</div>
        ))}
      </div>
    );
  }
  return (
    <fieldset className="flex flex-col gap-4 rounded-md border p-3">
      <legend className="px-1 text-13 font-medium">{title}</legend>
      {description !== undefined && <div className="text-12 text-muted">{description}</div>}
      {fields.map((property) => (
        <div key={property.name}>{property.content}</div>
      ))}
    </fieldset>
  );
}

function ArrayFieldTemplate({ items, canAdd = false, onAddClick, title }: ArrayFieldTemplateProps) {
  return (
    <div role="group" aria-label={title} className="flex flex-col gap-2">
      {items}
      {canAdd && (
        <div>
          <Button size="small" icon={Plus} onClick={onAddClick}>
            Add
          </Button>
        </div>
      )}
    </div>
  );
}

function ArrayFieldItemTemplate({ children, buttonsProps, index }: ArrayFieldItemTemplateProps) {
  return (
    <div className="flex items-end gap-2">
      <div className="min-w-0 flex-1">{children}</div>
      {buttonsProps.hasRemove && (
        <IconButton
          icon={Trash2}
          label={`Remove item ${index + 1}`}
          onClick={buttonsProps.onRemoveItem}
        />
      )}
    </div>
  );
}

const Nothing = () => null;

export const templates = {
  BaseInputTemplate: BaseInput,
  FieldTemplate,
  ObjectFieldTemplate,
  ArrayFieldTemplate,
  ArrayFieldItemTemplate,
  // Field and object templates above draw these themselves.
  DescriptionFieldTemplate: Nothing,
  TitleFieldTemplate: Nothing,
  FieldErrorTemplate: Nothing,
  FieldHelpTemplate: Nothing,
  ErrorListTemplate: Nothing,
};
