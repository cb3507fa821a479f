// Receives Rowhook's webhooks: copy this file. Node 18 or newer; PostgreSQL by the package pg, or anything else that
// takes $1, ON CONFLICT and RETURNING.
//
//   if (!verify(secret, request.headers, body)) ...        // 401
//   await client.query("BEGIN");
//   await receive((sql, values) => client.query(sql, values), request.headers, body, apply);
//   await client.query("COMMIT");                          // and only then 200
//
// Two tables, made by prepare(). rowhook_applied has a row for each entity: the newest event of it that was applied. What
// is not newer is acknowledged and not applied: a duplicate, or an older state that comes after a newer one. The rows of
// deleted entities stay, or an older Updated would bring one back. rowhook_mark has a row for each recipient: up to when
// you have everything.

import { createHmac, timingSafeEqual } from "node:crypto";

export const TABLES = [
  `CREATE TABLE IF NOT EXISTS rowhook_applied (
     recipient text NOT NULL, entity_type text NOT NULL, entity_id text NOT NULL,
     sequence bigint NOT NULL, redelivery bigint NOT NULL, event_id text NOT NULL,
     PRIMARY KEY (recipient, entity_type, entity_id))`,
  `CREATE TABLE IF NOT EXISTS rowhook_mark (
     recipient text PRIMARY KEY, complete_to text NOT NULL)`,
];

// Decides and locks in one statement: a second request of the same entity waits here until the first has committed or
// rolled back, and is then judged by what that has left. It gives a row only where the event is to be applied.
const TAKE = `
  INSERT INTO rowhook_applied AS kept (recipient, entity_type, entity_id, sequence, redelivery, event_id)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (recipient, entity_type, entity_id) DO UPDATE
  SET sequence = excluded.sequence, redelivery = excluded.redelivery, event_id = excluded.event_id
  WHERE kept.sequence < excluded.sequence
     OR (kept.sequence = excluded.sequence AND kept.redelivery < excluded.redelivery)
  RETURNING sequence`;

const MARK = "SELECT complete_to FROM rowhook_mark WHERE recipient = $1";

const KEEP_MARK = `
  INSERT INTO rowhook_mark AS kept (recipient, complete_to) VALUES ($1, $2)
  ON CONFLICT (recipient) DO UPDATE SET complete_to = excluded.complete_to
  WHERE kept.complete_to < excluded.complete_to`;

const TOLERANCE_SECONDS = 300;
const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\d{3}Z$/; // of one length, so that text compares as time

/** What is no request that this can tell events of: answer 400. Nothing was applied. */
export class RequestError extends Error {}

/**
 * Whether the sender that shares the secret (whsec_...) has signed this body, and within the last five minutes.
 *
 * @param headers Node's own, whose names are in lower case, or a Headers of fetch
 * @param body a Buffer with the bytes as they came, before anything has parsed them
 * @param now Unix seconds, for tests
 */
export function verify(secret, headers, body, now = Date.now() / 1000) {
  const get = reader(headers);
  const timestamp = get("Webhook-Timestamp");
  if (!/^\d{1,15}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const mac = createHmac("sha256", key).update(`${get("Webhook-Id")}.${timestamp}.`).update(body).digest("base64");
  const right = Buffer.from("v1," + mac);
  return get("Webhook-Signature").split(" ").some((one) => {
    const given = Buffer.from(one);
    return given.length === right.length && timingSafeEqual(given, right);
  });
}

/**
 * Makes the tables where they are not there yet. Once, at the start.
 *
 * @param query (sql, values) => a promise of { rows }, as pg's pool or a client of it has
 */
export async function prepare(query) {
  for (const table of TABLES) await query(table, []);
}

/**
 * Calls apply(event) for each event of a verified request that is newer than what was applied of its entity, one after
 * the other. All of it is in the transaction that query is in, where apply has to work as well: commit when the promise
 * is fulfilled, and only then answer 200; roll back when it is rejected.
 *
 * An event is { id, sequence, redelivery, entityType, entityId, event, body }: sequence a BigInt, its place in the
 * sender's journal; redelivery how often a person has had it sent again, 0: never; entityType `Article`, or `Rowhook` for
 * what happened to the sender itself; entityId text, of a key of several columns a JSON object; event `Created`,
 * `Updated`, `Deleted` or `Snapshot`, of a batch "" where its body does not say it; body its own, of a batch too, as
 * text: JSON with every digit of its numbers, or XML.
 *
 * @param recipient what the sender calls you. Sequences and marks are of one recipient: take another name for each that
 *     delivers into this database, and a new one when a sender's journal has begun anew
 * @returns how many events were applied; 0 is to be acknowledged too
 * @throws RequestError before anything is applied
 */
export async function receive(query, headers, body, apply, recipient = "rowhook") {
  const get = reader(headers);
  if (get("Rowhook-Test")) return 0;
  const events = eventsOf(get, body);
  // Rows are locked in one order, whatever the batch's: two requests cannot wait for each other.
  const taken = new Set();
  for (const event of [...events].sort(byEntity)) {
    const { rows } = await query(TAKE, [
      recipient,
      event.entityType,
      event.entityId,
      String(event.sequence),
      event.redelivery,
      event.id,
    ]);
    if (rows.length > 0) taken.add(event);
  }
  for (const event of events) {
    if (taken.has(event)) await apply(event);
  }
  await keepMark(query, recipient, get("Rowhook-Complete-To"));
  return taken.size;
}

/** You have everything that was committed up to then, as 2026-05-24T15:20:43.918204Z; null: nothing is known yet. */
export async function completeTo(query, recipient = "rowhook") {
  const { rows } = await query(MARK, [recipient]);
  return rows.length > 0 ? rows[0].complete_to : null;
}

/** All that it speaks of was acknowledged before this request was sent, and so committed before this is. */
async function keepMark(query, recipient, mark) {
  const millis = INSTANT.exec(mark)?.[1] + "Z";
  if (new Date(millis).toJSON() !== millis) return; // no date, or none that there is: it would stand for ever
  const kept = await completeTo(query, recipient);
  // Asked before: its row, which all requests share, is locked where it moves on, and else not.
  if (kept === null || kept < mark) await query(KEEP_MARK, [recipient, mark]);
}

function byEntity(a, b) {
  return order(a.entityType, b.entityType) || order(a.entityId, b.entityId) || order(a.sequence, b.sequence);
}

function order(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Reads a header by its name; "" where there is none, or what is given for that. */
function reader(headers) {
  return (name, none = "") =>
    (typeof headers.get === "function" ? headers.get(name) : headers[name.toLowerCase()]) ?? none;
}

/** The events of a request, in the order of the sender's journal. */
function eventsOf(get, body) {
  const text = utf8(get, body);
  const redelivery = Number(number(get, "Rowhook-Redelivery", get("Rowhook-Redelivery") || "0"));
  if (!get("Rowhook-Batch")) {
    const entityType = needed(get, "Rowhook-Entity-Type");
    const headerId = needed(get, "Rowhook-Entity-Id");
    const event = needed(get, "Rowhook-Entity-Event");
    const shortened = headerId.length > 240 && headerId.endsWith("...");
    const entity =
      shortened || headerId === ""
        ? named(text, get("Webhook-Id"))
        : {
            entityType: decoded(get, "Rowhook-Entity-Type", entityType),
            entityId: decoded(get, "Rowhook-Entity-Id", headerId),
          };
    const sequence = number(get, "Rowhook-Sequence", get("Rowhook-Sequence"));
    return [{ id: get("Webhook-Id"), sequence, redelivery, ...entity, event, body: text }];
  }
  const ids = needed(get, "Rowhook-Event-Ids").split(",");
  const sequences = get("Rowhook-Sequence").split(",");
  const bodies = parts(text);
  if (ids.length !== sequences.length || ids.length !== bodies.length) {
    throw new RequestError(
      `Request ${get("Webhook-Id")}: Rowhook-Event-Ids has ${ids.length}, Rowhook-Sequence ${sequences.length}, and the` +
        ` body ${bodies.length} events. They have to be as many: look what has changed it on its way.`,
    );
  }
  return ids.map((id, i) => {
    const sequence = number(get, "Rowhook-Sequence", sequences[i]);
    return { id, sequence, redelivery, ...named(bodies[i], id), body: bodies[i] };
  });
}

/** A header's that has to be there. An entity's id alone may be the empty text. */
function needed(get, header) {
  const value = get(header, null);
  if (value === null || (value === "" && header !== "Rowhook-Entity-Id")) {
    throw new RequestError(
      `Request ${get("Webhook-Id")}: ${header} is missing. Is it Rowhook's, and does your proxy let its headers through?`,
    );
  }
  return value;
}

function utf8(get, body) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new RequestError(`Request ${get("Webhook-Id")}: its body has to be UTF-8.`);
  }
}

/** Percent-encoded UTF-8. */
function decoded(get, header, text) {
  try {
    if (/^[ -~]*$/.test(text)) return decodeURIComponent(text);
  } catch {
    // as one of other characters
  }
  throw new RequestError(
    `Request ${get("Webhook-Id")}: ${header} has to be ASCII, and percent-encoded UTF-8, got '${text}'.`,
  );
}

function number(get, header, text) {
  if (!/^\d{1,18}$/.test(text)) {
    throw new RequestError(
      `Request ${get("Webhook-Id")}: ${header} has to be a number, got '${text}'. Is it Rowhook's, and does your proxy` +
        " let its headers through?",
    );
  }
  return BigInt(text);
}

/** Entity type, id and event as a body names them: where no header does, or a shortened one. */
function named(body, id) {
  const members = new Map(body.trimStart().startsWith("{") ? parts(body).map(member) : []);
  const entityType = members.get("entityType") ?? members.get("EntityType");
  const entityId = members.get("entityId") ?? members.get("EntityId");
  if (!entityType || entityId === undefined) {
    throw new RequestError(
      `Event ${id}: its body has to name its entity, as entityType and entityId, which the headers of a batch and of ids` +
        " beyond 256 bytes do not. Have the sender add them to its template.",
    );
  }
  return { entityType, entityId, event: members.get("event") ?? members.get("EntityEvent") ?? "" };
}

function member(part) {
  const name = /^"(?:[^"\\]|\\.)*"/.exec(part)[0];
  const value = part.slice(name.length).trimStart().slice(1).trim();
  return [JSON.parse(name), value.startsWith('"') ? JSON.parse(value) : value === "null" ? undefined : value];
}

/** The elements of a JSON array, or the members of an object, as text: nothing of it is rounded. */
function parts(json) {
  const text = json.trim();
  const found = [];
  let depth = 0;
  let quoted = false;
  let begin = 1;
  let at = 0;
  for (; at < text.length && (at === 0 || depth > 0); at++) {
    const c = text[at];
    if (quoted) {
      if (c === "\\") at++;
      else quoted = c !== '"';
    } else if (c === '"') {
      quoted = true;
    } else if (c === "[" || c === "{") {
      depth++;
    } else if (c === "]" || c === "}" || c === ",") {
      if (depth === 1) {
        found.push(text.slice(begin, at).trim());
        begin = at + 1;
      }
      if (c !== ",") depth--;
    }
  }
  if (depth !== 0 || at < text.length || found.length === 0 || !/^[[{]/.test(text)) {
    throw new RequestError(`A batch's body has to be a JSON array and nothing else, got ${text.slice(0, 40)}`);
  }
  return found.length === 1 && found[0] === "" ? [] : found;
}
