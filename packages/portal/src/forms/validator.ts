import { Validator, type Schema } from "@cfworker/json-schema";
import { createErrorHandler, toErrorList, unwrapErrorHandler } from "@rjsf/utils";
import type { RJSFSchema, ValidatorType } from "@rjsf/utils";

/** JSON Schema without compiling it to code: AJV, the usual choice, builds functions from text, which our policy for
 *  scripts refuses. It decides branches (`oneOf`, `if`) while one types; the server judges the values. */
export const interpretingValidator: ValidatorType = {
  isValid: (schema, formData, rootSchema) => check(schema, formData, rootSchema).valid,
  rawValidation: (schema, formData) => ({ errors: check(schema, formData).errors as never[] }), // Result is the caller's guess.
  validateFormData: (...given) => {
    const [formData, , customValidate, , uiSchema] = given;
    if (!customValidate) return { errors: [], errorSchema: {} };
    const handler = customValidate(formData, createErrorHandler(formData), uiSchema);
    const errorSchema = unwrapErrorHandler(handler);
    return { errors: toErrorList(errorSchema), errorSchema };
  },
};

function check(schema: RJSFSchema, value: unknown, root?: RJSFSchema) {
  // Definitions stand in the root; a branch of it refers to them.
  const { $defs, definitions } = root ?? {};
  const whole = { ...($defs ? { $defs } : {}), ...(definitions ? { definitions } : {}), ...schema };
  // The libraries' types of one and the same format.
  return new Validator(whole as Schema, "7", true).validate(withoutUndefined(value));
}

/** A cleared field is `undefined`, which JSON does not know. */
function withoutUndefined(value: unknown): unknown {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown);
}
