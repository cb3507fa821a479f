// Holds a running Rowhook's admin API to its own document: node api-fuzz.mjs URL READ OPERATE REQUESTS SEED. Requests
// are drawn from the document by json-schema-faker and fast-check, which also makes one that fails as small as it can;
// ajv judges: each is answered, by what the document names, never with 500, and what the document refuses is refused.
// Then several write the same file with the same ETag: one of them may. Prints what was asked; status 1 on a fault.
import http from "node:http";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { generate } from "json-schema-faker";

const [base, read, operate, requests, seed] = process.argv.slice(2);
const AT_ONCE = 4;
const LIMIT_MILLIS = 30_000;
const NOT_READ = 1024 * 1024;
const NOWHERE = "http://127.0.0.1:9/"; // whatever is drawn, it is sent to this machine alone

const agent = new http.Agent({ keepAlive: true });
let hosts = 0;

/** Sends it and waits for the whole answer. A body is sent by length, or in chunks. */
function ask({ method, path, headers = {}, body, chunked, elsewhere }) {
  return new Promise((resolve, reject) => {
    if (body !== undefined) {
      headers = { ...headers, ...(chunked ? { "Transfer-Encoding": "chunked" } : { "Content-Length": body.length }) };
    }
    const request = http.request(base + path, {
      method,
      headers,
      agent: elsewhere ? new http.Agent() : agent,
      localAddress: elsewhere ? `127.${1 + (hosts++ >> 8) % 250}.${hosts % 256}.77` : undefined,
    });
    const timer = setTimeout(() => request.destroy(new Error(`no answer in ${LIMIT_MILLIS} ms`)), LIMIT_MILLIS);
    request.on("error", (e) => (clearTimeout(timer), reject(e)));
    request.on("response", (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode, headers: response.headers, text });
      });
    });
    request.end(body);
  });
}

const able = { Authorization: `Bearer ${operate}` };
const get = async (path) => JSON.parse((await ask({ method: "GET", path, headers: able })).text);

const document = await get("/openapi.json");

/** Of objects whose members are named no others are allowed: what is answered ought to stand in the document. */
function strict(node) {
  if (node && typeof node === "object") {
    if (node.properties && !("additionalProperties" in node)) {
      node.additionalProperties = false;
    }
    Object.values(node).forEach(strict);
  }
  return node;
}

const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
addFormats(ajv);
const judges = new Map();
function faults(schema, value, kind) {
  const key = kind + JSON.stringify(schema);
  if (!judges.has(key)) {
    const components = structuredClone(document.components);
    const whole = { allOf: [structuredClone(schema)], components };
    judges.set(key, ajv.compile(kind === "answer" ? strict(whole) : whole));
  }
  const judge = judges.get(key);
  return judge(value) ? [] : judge.errors.map((e) => `${e.instancePath} ${e.message}`);
}

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([, o]) => o.operationId && o.operationId !== "followLiveEvents") // that one has no end
    .map(([method, o]) => ({ ...o, [fc.toStringMethod]: () => o.operationId, path, method: method.toUpperCase(), parameters: o.parameters ?? [] })));

/** What there is, so that not all is unknown. */
const known = { recipient: [], template: [], event: [], resync: ["1", "2"], whatIf: ["1", "2"], entity: ["Article", "Order"], id: ["1", "7"] };
const etags = new Map();
async function look() {
  for (const [kind, path] of [["recipient", "/v1/recipients"], ["template", "/v1/templates"]]) {
    const all = (await get(path))[kind + "s"] ?? [];
    known[kind] = all.map((one) => one.name);
    all.forEach((one) => etags.set(one.name, one.etag));
  }
  known.event = (await get("/v1/deliveries?limit=50")).deliveries.flatMap((one) => [one.event, String(one.sequence)]);
}

const odd = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ maxLength: 600, minLength: 300 }),
  fc.constantFrom("", " ", "\0", "-1", "1e999", "99999999999999999999", "null", "../../etc/passwd", "%2e%2e", "a/b/c",
    "evt_", "2026-02-30T00:00:00Z", "+999999999-01-01T00:00:00Z", "[]", "{}", "'; DROP TABLE event; --", "\u202e"),
);
const drawnFrom = (schema) =>
  fc.integer({ min: 0 }).map((n) => ({ schema, n })); // json-schema-faker is asked once the request is made
const seldom = (arbitrary) => fc.oneof({ weight: 30, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const heaviest = fc.integer({ min: 300_000, max: 6_000_000 });

/** A request for one operation: mostly as the document has it, and then spoilt in one way or another. */
function drawn(operation) {
  const parameters = operation.parameters.map((parameter) =>
    fc.record({
      parameter: fc.constant({ ...parameter, [fc.toStringMethod]: () => parameter.name }),
      present: parameter.required ? fc.constant(true) : fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
      known: fc.nat(99),
      from: fc.oneof({ weight: 6, arbitrary: fc.constant("known") }, { weight: 3, arbitrary: fc.constant("schema") },
        { weight: 1, arbitrary: fc.constant("odd") }),
      draw: drawnFrom(parameter.schema),
      odd,
    }));
  const content = operation.requestBody?.content ?? {};
  const [type, media] = Object.entries(content)[0] ?? ["application/json", { schema: {} }];
  const body = fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant("schema"), draw: drawnFrom(media.schema) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("spoilt"), draw: drawnFrom(media.schema), where: fc.nat(), with: fc.jsonValue() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("json"), with: fc.jsonValue({ maxDepth: 6 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("bytes"), bytes: fc.uint8Array({ maxLength: 200 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("huge"), size: heaviest, chunked: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("deep"), depth: fc.integer({ min: 500, max: 60_000 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("none") }) },
  );
  return fc.record({
    operation: fc.constant(operation),
    type: fc.constant(type),
    parameters: parameters.length ? fc.tuple(...parameters) : fc.constant([]),
    body: operation.requestBody ? body : fc.oneof({ weight: 9, arbitrary: fc.constant({ kind: "none" }) }, { weight: 1, arbitrary: body }),
    chunked: fc.boolean(),
    token: fc.oneof({ weight: 16, arbitrary: fc.constant(`Bearer ${operate}`) }, { weight: 1, arbitrary: fc.constant(`Bearer ${read}`) },
      { weight: 1, arbitrary: fc.constantFrom(null, "", "Bearer", "Bearer wrong", `Basic ${operate}`, operate, `Bearer ${operate}x`,
        `Bearer ${"x".repeat(4000)}`, "Bearer \xff\xfe") }),
    mediaType: fc.oneof({ weight: 20, arbitrary: fc.constant(type) },
      { weight: 1, arbitrary: fc.constantFrom(null, "text/plain", "application/xml", "application/json; charset=utf-16", "nonsense", "*/*") }),
    more: seldom(fc.tuple(fc.string({ minLength: 1, maxLength: 8 }), odd)),
    method: seldom(fc.constantFrom("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "PROPFIND")),
  }, { noNullPrototype: true });
}

/** Addresses that were drawn become one of this machine. */
function tame(value) {
  if (typeof value === "string") {
    return /^https?:/i.test(value) || /^\s*(url|token-url|proxy)\s*:/im.test(value) ? NOWHERE : value;
  }
  if (Array.isArray(value)) {
    return value.map(tame);
  }
  return value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, tame(v)])) : value;
}

async function faked({ schema, n }) {
  const whole = { ...structuredClone(schema), components: document.components };
  const value = await generate(whole, { seed: n, optionalsProbability: 0.6, maxLength: 60, failOnInvalidFormat: false });
  if (value && typeof value === "object" && "settings" in value) {
    value.settings = { url: NOWHERE, allow: { http: true, networks: ["127.0.0.0/8"] }, ...(n % 3 === 0 ? { pause: "xena" } : {}) };
    delete value.yaml;
  }
  if (value && typeof value === "object" && "text" in value && n % 4) {
    Object.assign(value, { text: '{"id": .entityId}' }, "name" in value ? { name: `fuzz-${n % 50}.jslt` } : {});
  } else if (value && typeof value === "object" && "entity" in value && n % 4) {
    value.entity = "Article";
    delete value.condition;
  }
  return value;
}

/** Puts something else at one place of it. */
function spoil(value, where, other) {
  if (!value || typeof value !== "object" || where % 5 === 0) {
    return other;
  }
  const keys = Object.keys(value);
  if (keys.length === 0 || where % 7 === 0) {
    return { ...value, surplus: other };
  }
  const key = keys[where % keys.length];
  if (where % 11 === 0) {
    const { [key]: _, ...rest } = value;
    return rest;
  }
  return { ...value, [key]: spoil(value[key], where >> 3, other) };
}

/** The request, and why it has to be refused by the document's own word, if it has to. */
async function made(draw) {
  const { operation } = draw;
  const headers = {};
  const query = [];
  const refused = [];
  let path = operation.path;
  for (const one of draw.parameters) {
    const { parameter } = one;
    const options = known[parameter.name] ?? [];
    let value =
      one.from === "odd" ? one.odd
      : one.from === "known" && options.length ? options[one.known % options.length]
      : one.from === "known" && parameter.name === "If-Match" ? "current"
      : await faked(one.draw);
    if (parameter.in === "path") {
      path = path.replace(`{${parameter.name}}`, encodeURIComponent(String(value).toWellFormed()));
      one.value = value;
    } else if (!one.present && parameter.name !== "If-Match") {
      continue;
    } else if (parameter.in === "header") {
      const name = draw.parameters.map((other) => other.value).find((other) => etags.has(other));
      value = value === "current" ? etags.get(name) : value;
      if (value !== undefined && one.known > 4) {
        headers[parameter.name] = String(value).replace(/[^\x20-\x7e]/g, "?");
      }
    } else if (value && typeof value === "object" && !Array.isArray(value)) {
      Object.entries(value).forEach(([k, v]) => query.push([`${parameter.name}[${k}]`, v]));
    } else if (Array.isArray(value)) {
      value.forEach((v) => query.push([parameter.name, v]));
    } else {
      query.push([parameter.name, value]);
      const { type } = parameter.schema;
      if (type === "integer" && !/^[+-]?\d+$/.test(value)) {
        refused.push(`${parameter.name} is no integer`);
      } else if (type === "boolean" && !/^(true|false)$/.test(value)) {
        refused.push(`${parameter.name} is no boolean`);
      } else if (type === "integer" || type === "string") {
        faults(parameter.schema, type === "integer" ? Number(value) : String(value), "parameter").forEach((f) => refused.push(`${parameter.name}${f}`));
      }
    }
  }
  if (draw.more && !operation.parameters.some((p) => p.in === "query" && draw.more[0].startsWith(p.name))) {
    query.push(draw.more);
    refused.push(`no parameter ${JSON.stringify(draw.more[0])}`);
  }
  if (query.length) {
    path += "?" + query.map((pair) => pair.map((s) => encodeURIComponent(String(s).toWellFormed())).join("=")).join("&");
  }
  let body;
  let { chunked } = draw;
  const { kind } = draw.body;
  const schema = operation.requestBody?.content[draw.type].schema;
  if (kind === "schema" || kind === "spoilt" || kind === "json") {
    let value = draw.body.draw ? await faked(draw.body.draw) : draw.body.with;
    if (kind === "spoilt") {
      value = spoil(value, draw.body.where, draw.body.with);
    }
    value = tame(value);
    if (schema) {
      refused.push(...faults(schema, value, "body").map((f) => "#" + f));
    }
    body = Buffer.from(JSON.stringify(value));
  } else if (kind === "bytes") {
    body = Buffer.from(draw.body.bytes);
  } else if (kind === "huge") {
    chunked = draw.body.chunked;
    body = Buffer.from(JSON.stringify({ reason: "x".repeat(draw.body.size) }));
    refused.push("it is too large");
  } else if (kind === "deep") {
    body = Buffer.from(`{"given":${"[".repeat(draw.body.depth)}${"]".repeat(draw.body.depth)}}`);
  } else if (operation.requestBody?.required) {
    refused.push("no body");
  }
  if (body !== undefined && draw.mediaType !== null) {
    headers["Content-Type"] = draw.mediaType;
  }
  if (draw.token !== null) {
    headers.Authorization = draw.token;
  }
  const right = operation["x-right"];
  const elsewhere = ![`Bearer ${operate}`, `Bearer ${read}`].includes(draw.token);
  if (operation.security?.length && elsewhere) {
    refused.push("no token");
  }
  if (right === "operate" && draw.token !== `Bearer ${operate}`) {
    refused.push("not by this token");
  }
  return { request: { method: draw.method ?? operation.method, path, headers, body, chunked, elsewhere }, refused };
}

const seen = { requests: 0, statuses: {}, succeeded: new Set(), refusals: 0, cut: 0 };

async function judge(draw) {
  const { request, refused } = await made(draw);
  const answer = await ask(request).catch((e) => {
    if (request.body?.length > NOT_READ && ["EPIPE", "ECONNRESET"].includes(e.code)) {
      return undefined; // what says that it is so long is not read to its end, and its sender may not see the answer
    }
    throw new Error(`no answer: ${e.message}: ${request.method} ${request.path} with ${request.body?.length} bytes`);
  });
  if (answer === undefined) {
    seen.cut++;
    return;
  }
  seen.requests++;
  seen.statuses[answer.status] = (seen.statuses[answer.status] ?? 0) + 1;
  const what = `${request.method} ${request.path.slice(0, 300)} ${String(request.body ?? "").slice(0, 300)}: ${answer.status} ${answer.text.slice(0, 600)}`;
  const complain = (words) => {
    throw new Error(`${words}: ${what}`);
  };
  if (answer.status === 500) {
    complain("a fault");
  }
  const item = document.paths[draw.operation.path];
  const operation = item[request.method === "HEAD" ? "get" : request.method.toLowerCase()];
  const type = answer.headers["content-type"]?.split(";")[0];
  if (!operation) {
    if (![405, 401, 403, 429, 404, 413, 200, 204].includes(answer.status)) {
      complain("a method that is not there");
    }
    return;
  }
  const response = operation.responses[answer.status] ?? complain("the document has no such answer");
  if (request.method === "HEAD") {
    if (answer.text) complain("a body to HEAD");
  } else if (response.content === undefined) {
    if (answer.text) complain("a body that the document does not name");
  } else if (!response.content[type] && !response.content[answer.headers["content-type"]]) {
    complain(`the document has no ${type} there`);
  } else if (/json/.test(type)) {
    const wrong = faults(response.content[type].schema, JSON.parse(answer.text), "answer");
    if (wrong.length) complain(`the answer is not as the document says (${wrong})`);
  }
  if (answer.status < 300) {
    seen.succeeded.add(operation.operationId);
    if (request.method === draw.operation.method && refused.length) complain(`not refused, though ${refused}`);
  } else if (refused.length) {
    seen.refusals++;
  }
}

/** As many as say so write at once, with one ETag: one of them is heard, and no write is lost. */
async function together(rounds) {
  const settings = { url: NOWHERE, allow: { http: true, networks: ["127.0.0.0/8"] } };
  const json = (method, path, value, etag, type = "application/json") =>
    ask({ method, path, headers: { ...able, "Content-Type": type, ...(etag ? { "If-Match": etag } : {}) }, body: Buffer.from(JSON.stringify(value)) });
  const tally = {};
  const expect = (answers, one, others, what) => {
    const statuses = answers.map((a) => a.status).sort();
    statuses.forEach((s) => (tally[s] = (tally[s] ?? 0) + 1));
    const winners = statuses.filter((s) => s === one).length;
    if (winners !== 1 || !statuses.every((s) => s === one || others.includes(s))) {
      throw new Error(`${what}: ${statuses} ${answers.map((a) => a.text).find((t) => /"status":(?!412|409)/.test(t)) ?? ""}`);
    }
  };
  for (let round = 0; round < rounds; round++) {
    const name = `together-${seed}-${round}`;
    const path = `/v1/recipients/${name}`;
    const eight = [...Array(8).keys()];
    expect(await Promise.all(eight.map(() => json("POST", "/v1/recipients", { name, settings }))), 201, [409], "eight create one");
    const first = (await ask({ method: "GET", path, headers: able })).headers.etag;
    expect(await Promise.all(eight.map((n) => n % 2
      ? json("PUT", path, { settings: { ...settings, jobs: n + 1 } }, first)
      : json("PATCH", path, { jobs: n + 1 }, first, "application/merge-patch+json"))), 200, [412], "eight change one");
    expect([await json("PUT", path, { settings }, first), await json("PUT", path, { settings: { ...settings, jobs: 77 } },
      (await ask({ method: "GET", path, headers: able })).headers.etag)], 200, [412], "a stale one and a fresh one");
    const last = (await ask({ method: "GET", path, headers: able })).headers.etag;
    const answers = await Promise.all(eight.map(() => ask({ method: "DELETE", path, headers: { ...able, "If-Match": last } })));
    expect(answers, 200, [404, 412], "eight delete one");
  }
  return tally;
}

await look();
const looking = setInterval(() => look().catch(() => {}), 2000);
const started = Date.now();
try {
  const any = fc.constantFrom(...operations).chain(drawn);
  const runs = await Promise.allSettled([...Array(AT_ONCE).keys()].map((n) =>
    fc.assert(fc.asyncProperty(any, judge), { seed: Number(seed) + n, numRuns: Math.ceil(requests / AT_ONCE), endOnFailure: true })));
  const broken = runs.filter((run) => run.status === "rejected");
  broken.forEach((run) => console.log(String(run.reason.message).slice(0, 1500), "\n", String(run.reason.cause?.message ?? run.reason.cause ?? "").slice(0, 2500)));
  const tally = await together(Math.min(20, Math.ceil(requests / 200)));
  await ask({ method: "DELETE", path: "/v1/kill-switch", headers: able });
  const ready = await ask({ method: "GET", path: "/ready" });
  console.log(`${seen.requests} requests from seed ${seed} in ${Date.now() - started} ms, by status ${JSON.stringify(seen.statuses)};`,
    `${seen.refusals} that the document refuses were refused; ${seen.cut} were cut for their length; succeeded: ${seen.succeeded.size} of ${operations.length} operations, not ${operations.map((o) => o.operationId).filter((o) => !seen.succeeded.has(o))};`,
    `at once ${JSON.stringify(tally)}; then ready: ${ready.status}`);
  process.exitCode = broken.length || ready.status !== 200 ? 1 : 0;
} finally {
  clearInterval(looking);
  agent.destroy();
}
