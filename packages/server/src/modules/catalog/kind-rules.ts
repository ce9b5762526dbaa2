import { ourApiVersion, ourKinds } from "@causeway/contract";
import type { KindValidator } from "@backstage/catalog-model";
import { catalogModel, catalogModelAlpha } from "#platform/backstage-model";
import { z } from "zod";

const {
  apiEntityV1alpha1Validator,
  componentEntityV1alpha1Validator,
  domainEntityV1alpha1Validator,
  groupEntityV1alpha1Validator,
  locationEntityV1alpha1Validator,
  resourceEntityV1alpha1Validator,
  systemEntityV1alpha1Validator,
  userEntityV1alpha1Validator,
} = catalogModel;
const { mcpServerApiEntityValidator } = catalogModelAlpha;

const classicVersions = ["backstage.io/v1alpha1", "backstage.io/v1beta1"];
const text = z.string("must be a text").min(1, "must not be empty");
const texts = z.array(text, "must be a list of texts");
const profile = z
  .looseObject({ displayName: text.optional(), email: text.optional(), picture: text.optional() })
  .optional();
const dependencies = { dependsOn: texts.optional(), dependencyOf: texts.optional() };

export type KindRule = {
  readonly kind: string;
  readonly apiVersions: readonly string[];
  /** Finds every violation in `spec`. */
  readonly spec: z.ZodType;
  /** Backstage's own verdict where it has one: it knows corner cases that `spec` does not state. */
  readonly official?: KindValidator;
};

function classic(kind: string, spec: z.ZodType, official: KindValidator): KindRule {
  return { kind, apiVersions: classicVersions, spec, official };
}

const api = z
  .looseObject({
    type: text,
    lifecycle: text,
    owner: text,
    system: text.optional(),
    definition: text.optional(),
    remotes: z.array(z.looseObject({ type: text, url: text })).optional(),
  })
  .refine((spec) => spec.type === "mcp-server" || spec.definition !== undefined, {
    path: ["definition"],
    message: "is required",
  })
  .refine((spec) => spec.type !== "mcp-server" || spec.remotes !== undefined, {
    path: ["remotes"],
    message: "is required",
  });

/** An MCP server has remotes where other APIs have a definition. */
const apiValidator: KindValidator = {
  check: (entity) =>
    entity.spec?.["type"] === "mcp-server"
      ? mcpServerApiEntityValidator.check(entity)
      : apiEntityV1alpha1Validator.check(entity),
};

const location = z.looseObject({
  type: text.optional(),
  target: text.optional(),
  targets: texts.optional(),
  presence: z.enum(["required", "optional"]).optional(),
});

const template = z.looseObject({
  type: text,
  owner: text.optional(),
  steps: z.array(z.looseObject({ action: text, id: text.optional(), name: text.optional() })),
  parameters: z
    .union([z.record(z.string(), z.json()), z.array(z.record(z.string(), z.json()))])
    .optional(),
  output: z.record(z.string(), z.json()).optional(),
});

const rules: readonly KindRule[] = [
  classic(
    "Component",
    z.looseObject({
      type: text,
      lifecycle: text,
      owner: text,
      system: text.optional(),
      subcomponentOf: text.optional(),
      providesApis: texts.optional(),
      consumesApis: texts.optional(),
      ...dependencies,
    }),
    componentEntityV1alpha1Validator,
  ),
  classic(
    "Resource",
    z.looseObject({ type: text, owner: text, system: text.optional(), ...dependencies }),
    resourceEntityV1alpha1Validator,
  ),
  classic("API", api, apiValidator),
  classic(
    "System",
    z.looseObject({ owner: text, domain: text.optional(), type: text.optional() }),
    systemEntityV1alpha1Validator,
  ),
  classic(
    "Domain",
    z.looseObject({ owner: text, subdomainOf: text.optional(), type: text.optional() }),
    domainEntityV1alpha1Validator,
  ),
  classic(
    "Group",
    z.looseObject({
      type: text,
      children: texts,
      parent: text.optional(),
      members: texts.optional(),
      profile,
    }),
    groupEntityV1alpha1Validator,
  ),
  classic(
    "User",
    z.looseObject({ memberOf: texts.optional(), profile }),
    userEntityV1alpha1Validator,
  ),
  classic("Location", location, locationEntityV1alpha1Validator),
  { kind: "Template", apiVersions: ["scaffolder.backstage.io/v1beta3"], spec: template },
  ...Object.entries(ourKinds).map(([kind, spec]) => ({
    kind,
    apiVersions: [ourApiVersion],
    spec,
  })),
];

const byKind = new Map(rules.map((rule) => [rule.kind, rule]));

export const knownKinds: readonly string[] = rules.map((rule) => rule.kind);

export function findKindRule(kind: string): KindRule | undefined {
  return byKind.get(kind);
}
