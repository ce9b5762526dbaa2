import type { Issue } from "@causeway/contract";

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** PR2: a template uses exactly the variables that it declares. `path` is `template:line:column` or `variables[i]`. */
export function findTemplateIssues(template: string, variables: readonly string[]): Issue[] {
  const uses = usesIn(template);
  const declared = new Set(variables);
  const used = new Set(uses.map((use) => use.name));
  return [
    ...uses.flatMap(({ name, offset }): Issue[] => {
      const path = `template:${placeOf(template, offset)}`;
      if (name === undefined) {
        return [{ path, message: '"{{" is not closed by "}}"' }];
      }
      if (!variableName.test(name)) {
        return [{ path, message: `"${name}" is not a variable name; use letters, digits and '_'` }];
      }
      if (!declared.has(name)) {
        return [{ path, message: `{{${name}}} is not declared in variables` }];
      }
      return [];
    }),
    ...variables.flatMap((name, index): Issue[] => {
      const path = `variables[${index}]`;
      if (variables.indexOf(name) !== index) return [{ path, message: `"${name}" stands twice` }];
      return used.has(name) ? [] : [{ path, message: `"${name}" is not used in the template` }];
    }),
  ];
}

type Use = { readonly name: string | undefined; readonly offset: number };

function usesIn(template: string): Use[] {
  const uses: Use[] = [];
  for (let offset = template.indexOf("{{"); offset !== -1;) {
    const end = template.indexOf("}}", offset);
    const next = template.indexOf("{{", offset + 2);
    const isClosed = end !== -1 && (next === -1 || end < next);
    uses.push({ name: isClosed ? template.slice(offset + 2, end).trim() : undefined, offset });
    offset = next;
  }
  return uses;
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
