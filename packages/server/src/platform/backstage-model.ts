import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Backstage's catalog model in its CommonJS form: the ES form of 1.10.1 imports `lodash/isEqual` without a file ending,
 *  which Node refuses and only bundlers forgive. */
export const catalogModel: typeof import("@backstage/catalog-model") = require("@backstage/catalog-model");
export const catalogModelAlpha: typeof import("@backstage/catalog-model/alpha") = require("@backstage/catalog-model/alpha");
