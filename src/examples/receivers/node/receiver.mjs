// A receiver that keeps a copy of what it is told, with rowhook-kit.mjs beside it: npm install pg, and node receiver.mjs
//
// SECRET is the one that the sender signs with (whsec_...), PORT where it listens (8080), DATABASE a URL of PostgreSQL,
// as postgresql://shop@localhost/shop, MAX_BODY the largest body that it reads, in bytes (16 MB).

import { createServer } from "node:http";
import pg from "pg";
import { completeTo, prepare, receive, RequestError, verify } from "./rowhook-kit.mjs";

const { SECRET = "", DATABASE = "postgresql://localhost/shop", PORT = "8080" } = process.env;
const MAX_BODY = Number(process.env.MAX_BODY ?? 16 * 1024 * 1024);

const TABLES = [
  `CREATE TABLE IF NOT EXISTS entity_copy (entity_type text NOT NULL, entity_id text NOT NULL, body text NOT NULL,
     PRIMARY KEY (entity_type, entity_id))`,
  // Without a key: an event that was applied twice would stand here twice.
  `CREATE TABLE IF NOT EXISTS history (event_id text NOT NULL, sequence bigint NOT NULL, event text NOT NULL,
     entity_type text NOT NULL, entity_id text NOT NULL, body text NOT NULL)`,
];

const pool = new pg.Pool({ connectionString: DATABASE, max: 8 });
pool.on("error", (error) => console.error(error.message)); // one that nobody uses just now was cut off

/** What this receiver does with an event, in the transaction that notes it as applied. */
async function keep(client, event) {
  if (event.entityType === "Rowhook") return; // what happened to the sender: none of the ERP's entities
  const { id, sequence, entityType, entityId, body } = event;
  await client.query("INSERT INTO history VALUES ($1, $2, $3, $4, $5, $6)", [
    id,
    String(sequence),
    event.event,
    entityType,
    entityId,
    body,
  ]);
  if (event.event === "Deleted") {
    await client.query("DELETE FROM entity_copy WHERE entity_type = $1 AND entity_id = $2", [entityType, entityId]);
    return;
  }
  await client.query(
    `INSERT INTO entity_copy VALUES ($1, $2, $3)
     ON CONFLICT (entity_type, entity_id) DO UPDATE SET body = excluded.body`,
    [entityType, entityId, body],
  );
}

/** The bytes as they come; null, and the rest is not read, where they are more than MAX_BODY. */
function bodyOf(request) {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const chunks = [];
    let bytes = 0;
    const take = (chunk) => {
      bytes += chunk.length;
      if (bytes <= MAX_BODY) {
        chunks.push(chunk);
      } else {
        request.off("data", take).pause();
        resolve(null);
      }
    };
    request.on("data", take).on("end", () => resolve(Buffer.concat(chunks))).on("error", reject);
  });
}

async function post(request) {
  const body = await bodyOf(request);
  if (body === null) return [413, `The body is larger than ${MAX_BODY} bytes.`];
  if (!verify(SECRET, request.headers, body)) {
    return [401, "The signature is not right, or older than five minutes."];
  }
  const client = await pool.connect();
  let broken = null;
  try {
    await client.query("BEGIN");
    await receive((sql, values) => client.query(sql, values), request.headers, body, (event) => keep(client, event));
    await client.query("COMMIT");
    return [200, ""];
  } catch (error) {
    broken = error; // its connection is closed, which rolls back
    if (error instanceof RequestError) return [400, error.message];
    throw error;
  } finally {
    client.release(broken);
  }
}

async function get() {
  const query = (sql, values) => pool.query(sql, values);
  const { rows } = await query("SELECT count(*) AS entities FROM entity_copy", []);
  return [200, JSON.stringify({ entities: Number(rows[0].entities), completeTo: await completeTo(query) })];
}

const server = createServer(async (request, response) => {
  try {
    const [status, text] = await (request.method === "GET" ? get() : post(request));
    response.writeHead(status, status === 413 ? { connection: "close" } : {}).end(text);
  } catch (error) {
    console.error(error); // the sender tries again: nothing of it has happened here
    response.writeHead(500).end("Not kept.");
  }
});

if (!SECRET) {
  console.error("SECRET has to be the secret that the sender signs with, as whsec_...");
  process.exit(1);
}
await prepare((sql, values) => pool.query(sql, values));
for (const table of TABLES) await pool.query(table);
server.listen(Number(PORT), "127.0.0.1", () => console.log(`Listening on http://127.0.0.1:${PORT}/`));
