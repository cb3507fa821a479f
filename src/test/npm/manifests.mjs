// Holds Kubernetes manifests against Kubernetes' own schemas: node manifests.mjs FILE... Values by the validators, and
// by their types' declarations, to which a field that nobody knows is wrong too: Kubernetes would pass it over.
// Prints what is wrong by its place; status 1 if anything is.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

const require = createRequire(import.meta.url);
const work = mkdtempSync(join(import.meta.dirname, "manifests-"));
let wrong = 0;

const complain = (place, words) => {
  wrong++;
  console.log(`${place}: ${words}`);
};

try {
  const places = [];
  for (const file of process.argv.slice(2)) {
    for (const document of parseAllDocuments(readFileSync(file, "utf8"))) {
      const json = document.toJS();
      const place = `${file}: ${json.kind} ${json.metadata?.name}`;
      document.errors.forEach((error) => complain(place, error.message));
      const model = `kubernetes-models/${json.apiVersion}/${json.kind}`;
      try {
        new (require(model)[json.kind])(json).validate();
      } catch (e) {
        complain(place, e.message);
      }
      writeFileSync(
        join(work, `manifest${places.length}.ts`),
        `import type { I${json.kind} } from "${model}";\nexport const it: I${json.kind} = ${JSON.stringify(json, null, 1)};\n`,
      );
      places.push(place);
    }
  }
  const tsc = spawnSync(
    process.execPath,
    [require.resolve("typescript/bin/tsc"), "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext",
      "--moduleResolution", "nodenext", ...places.map((_, i) => join(work, `manifest${i}.ts`))],
    { encoding: "utf8" },
  );
  for (const line of tsc.stdout.split("\n")) {
    const found = line.match(/manifest(\d+)\.ts\((\d+),\d+\): error \w+: (.*)/);
    if (found) {
      const text = readFileSync(join(work, `manifest${found[1]}.ts`), "utf8").split("\n")[found[2] - 1].trim();
      complain(places[found[1]], `${text} ${found[3]}`);
    } else if (line.includes("error")) {
      complain("tsc", line);
    }
  }
  console.log(`${places.length} manifests looked at, ${wrong} faults`);
} finally {
  rmSync(work, { recursive: true });
}
process.exit(wrong ? 1 : 0);
