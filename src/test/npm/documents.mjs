// Holds documents to what reads such: node documents.mjs FILE... OpenAPI by Redocly, AsyncAPI by its own parser, JSON
// Schema 2020-12 by ajv, with its examples. Prints what is wrong by its place; status 1 if anything is.
import { readFileSync, readdirSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { Parser } from "@asyncapi/parser";
import { createConfig, lintFromString } from "@redocly/openapi-core";
let wrong = 0;
const config = await createConfig({ extends: ["spec"] });
for (const f of process.argv.slice(2)) {
  const text = readFileSync(f, "utf8");
  let found = [];
  const json = JSON.parse(text);
  if (json.openapi) {
    found = (await lintFromString({ source: text, absoluteRef: f, config })).map((p) => `${p.severity} ${p.ruleId} ${p.location[0]?.pointer}: ${p.message}`);
  } else if (json.asyncapi) {
    found = (await new Parser().validate(text)).filter((d) => d.severity === 0).map((d) => `${d.code} ${d.path.join("/")}: ${d.message}`);
  } else {
    const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, strictTuples: false });
    addFormats(ajv);
    try {
      const judge = ajv.compile(json);
      found = (json.examples ?? []).filter((example) => !judge(example)).map((example) => `not as it says: ${JSON.stringify(example)}`);
    } catch (e) {
      found = [e.message];
    }
  }
  wrong += found.length;
  found.forEach((one) => console.log(`${f}: ${one}`));
}
console.log(`${process.argv.length - 2} documents looked at, ${wrong} faults`);
process.exit(wrong ? 1 : 0);
