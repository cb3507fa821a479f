"""Receives Rowhook's webhooks: copy this file. Python 3.9 or newer; PostgreSQL by psycopg, or sqlite3 from SQLite 3.35 on.

    if not rowhook_kit.verify(secret, headers, body):   # 401
    rowhook_kit.receive(connection, headers, body, apply)
    connection.commit()                                 # and only then 200

Two tables, made by prepare(). rowhook_applied has a row for each entity: the newest event of it that was applied. What is
not newer is acknowledged and not applied: a duplicate, or an older state that comes after a newer one. The rows of
deleted entities stay, or an older Updated would bring one back. rowhook_mark has a row for each recipient: up to when
you have everything.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote

TABLES = (
    """CREATE TABLE IF NOT EXISTS rowhook_applied (
         recipient text NOT NULL, entity_type text NOT NULL, entity_id text NOT NULL,
         sequence bigint NOT NULL, redelivery bigint NOT NULL, event_id text NOT NULL,
         PRIMARY KEY (recipient, entity_type, entity_id))""",
    """CREATE TABLE IF NOT EXISTS rowhook_mark (
         recipient text PRIMARY KEY, complete_to text NOT NULL)""",
)

# Decides and locks in one statement: a second request of the same entity waits here until the first has committed or
# rolled back, and is then judged by what that has left. It gives a row only where the event is to be applied.
TAKE = """
    INSERT INTO rowhook_applied AS kept (recipient, entity_type, entity_id, sequence, redelivery, event_id)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (recipient, entity_type, entity_id) DO UPDATE
    SET sequence = excluded.sequence, redelivery = excluded.redelivery, event_id = excluded.event_id
    WHERE kept.sequence < excluded.sequence
       OR (kept.sequence = excluded.sequence AND kept.redelivery < excluded.redelivery)
    RETURNING sequence"""

MARK = "SELECT complete_to FROM rowhook_mark WHERE recipient = ?"

KEEP_MARK = """
    INSERT INTO rowhook_mark AS kept (recipient, complete_to) VALUES (?, ?)
    ON CONFLICT (recipient) DO UPDATE SET complete_to = excluded.complete_to
    WHERE kept.complete_to < excluded.complete_to"""

TOLERANCE_SECONDS = 300
INSTANT = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T([0-9]{2}:){2}[0-9]{2}\.[0-9]{6}Z")  # so that text compares as time


class Event(NamedTuple):
    """One event, as apply() gets it."""

    id: str
    sequence: int  # its place in the sender's journal
    redelivery: int  # how often a person has had it sent again; 0: never
    entity_type: str  # Article; Rowhook, for what happened to the sender itself
    entity_id: str  # 7; a key of several columns is a JSON object
    event: str  # Created, Updated, Deleted, Snapshot; of a batch "" where its body does not say it
    body: str  # its own, of a batch too: JSON with every digit of its numbers, or XML


def verify(secret, headers, body, now=None):
    """Whether the sender that shares the secret (whsec_...) has signed this body, and within the last five minutes.

    headers: a mapping, whatever the case of its names. body: the bytes as they came, before anything has parsed them.
    now: Unix seconds, for tests.
    """
    get = _reader(headers)
    timestamp = get("Webhook-Timestamp")
    now = time.time() if now is None else now
    if not re.fullmatch(r"[0-9]{1,15}", timestamp) or abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{get('Webhook-Id')}.{timestamp}.".encode() + body
    right = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(right.encode(), one.encode()) for one in get("Webhook-Signature").split(" "))


def prepare(connection):
    """Makes the tables where they are not there yet. Once, at the start; commit after it."""
    for table in TABLES:
        connection.cursor().execute(table)


def receive(connection, headers, body, apply, recipient="rowhook"):
    """Calls apply(event) for each event of a verified request that is newer than what was applied of its entity.

    All of it is in the connection's transaction, where apply() has to work as well: commit when it has returned, and
    only then answer 200; roll back when it raises. Returns how many events were applied; 0 is to be acknowledged too.

    recipient: what the sender calls you. Sequences and marks are of one recipient: take another name for each that
    delivers into this database, and a new one when a sender's journal has begun anew.

    Raises ValueError, before anything is applied, where the request is none that this can tell events of: answer 400.
    """
    get = _reader(headers)
    if get("Rowhook-Test"):
        return 0
    events = _events(get, body)
    # Rows are locked in one order, whatever the batch's: two requests cannot wait for each other.
    by_entity = sorted(events, key=lambda event: (event.entity_type, event.entity_id, event.sequence))
    taken = {event.id for event in by_entity if _take(connection, recipient, event)}
    for event in events:
        if event.id in taken:
            apply(event)
    _keep_mark(connection, recipient, get("Rowhook-Complete-To"))
    return len(taken)


def complete_to(connection, recipient="rowhook"):
    """You have everything that was committed up to then, as 2026-05-24T15:20:43.918204Z; None: nothing is known yet."""
    rows = _execute(connection, MARK, (recipient,)).fetchall()
    return rows[0][0] if rows else None


def _take(connection, recipient, event):
    values = (recipient, event.entity_type, event.entity_id, event.sequence, event.redelivery, event.id)
    return bool(_execute(connection, TAKE, values).fetchall())


def _keep_mark(connection, recipient, mark):
    """All that it speaks of was acknowledged before this request was sent, and so committed before this is."""
    if _is_instant(mark):
        kept = complete_to(connection, recipient)
        # Asked before: its row, which all requests share, is locked where it moves on, and else not.
        if kept is None or kept < mark:
            _execute(connection, KEEP_MARK, (recipient, mark))


def _is_instant(mark):
    """A date that there is not would stand for ever."""
    try:
        return bool(INSTANT.fullmatch(mark) and datetime.strptime(mark, "%Y-%m-%dT%H:%M:%S.%fZ"))
    except ValueError:
        return False


def _execute(connection, sql, values):
    cursor = connection.cursor()
    sqlite = "sqlite" in type(connection).__module__
    cursor.execute(sql if sqlite else sql.replace("?", "%s"), values)
    return cursor


def _reader(headers):
    """Reads a header by its name; "" where there is none, or what is given for that."""
    values = {name.lower(): value for name, value in headers.items()}
    return lambda name, none="": values.get(name.lower(), none)


def _events(get, body):
    """The events of a request, in the order of the sender's journal."""
    text = _utf8(get, body)
    redelivery = _number(get, "Rowhook-Redelivery", get("Rowhook-Redelivery") or "0")
    if not get("Rowhook-Batch"):
        entity_type = _needed(get, "Rowhook-Entity-Type")
        header_id = _needed(get, "Rowhook-Entity-Id")
        event = _needed(get, "Rowhook-Entity-Event")
        shortened = len(header_id) > 240 and header_id.endswith("...")
        entity = (
            _named(text, get("Webhook-Id"))[:2]
            if shortened or not header_id
            else (_decoded(get, "Rowhook-Entity-Type", entity_type), _decoded(get, "Rowhook-Entity-Id", header_id))
        )
        sequence = _number(get, "Rowhook-Sequence", get("Rowhook-Sequence"))
        return [Event(get("Webhook-Id"), sequence, redelivery, *entity, event, text)]
    ids = _needed(get, "Rowhook-Event-Ids").split(",")
    sequences = get("Rowhook-Sequence").split(",")
    bodies = _parts(text)
    if not len(ids) == len(sequences) == len(bodies):
        raise ValueError(
            f"Request {get('Webhook-Id')}: Rowhook-Event-Ids has {len(ids)}, Rowhook-Sequence {len(sequences)},"
            f" and the body {len(bodies)} events. They have to be as many: look what has changed it on its way."
        )
    return [
        Event(id, _number(get, "Rowhook-Sequence", sequence), redelivery, *_named(own, id), own)
        for id, sequence, own in zip(ids, sequences, bodies)
    ]


def _needed(get, header):
    """A header's that has to be there. An entity's id alone may be the empty text."""
    value = get(header, None)
    if value is None or (value == "" and header != "Rowhook-Entity-Id"):
        raise ValueError(
            f"Request {get('Webhook-Id')}: {header} is missing."
            " Is it Rowhook's, and does your proxy let its headers through?"
        )
    return value


def _utf8(get, body):
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"Request {get('Webhook-Id')}: its body has to be UTF-8.") from None


def _decoded(get, header, text):
    """Percent-encoded UTF-8."""
    try:
        if re.fullmatch(r"([ -$&-~]|%[0-9A-Fa-f]{2})*", text):
            return unquote(text, errors="strict")
    except UnicodeDecodeError:
        pass  # as one of other characters
    raise ValueError(
        f"Request {get('Webhook-Id')}: {header} has to be ASCII, and percent-encoded UTF-8, got '{text}'."
    )


def _number(get, header, text):
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise ValueError(
            f"Request {get('Webhook-Id')}: {header} has to be a number, got '{text}'."
            " Is it Rowhook's, and does your proxy let its headers through?"
        )
    return int(text)


def _named(body, id):
    """Entity type, id and event as a body names them: where no header does, or a shortened one."""
    members = dict(map(_member, _parts(body))) if body.lstrip().startswith("{") else {}
    entity_type = members.get("entityType", members.get("EntityType"))
    entity_id = members.get("entityId", members.get("EntityId"))
    if not entity_type or entity_id is None:
        raise ValueError(
            f"Event {id}: its body has to name its entity, as entityType and entityId, which the headers of a batch and"
            " of ids beyond 256 bytes do not. Have the sender add them to its template."
        )
    return entity_type, entity_id, members.get("event") or members.get("EntityEvent") or ""


def _member(part):
    name, end = json.JSONDecoder().raw_decode(part)
    value = part[end:].lstrip()[1:].strip()
    return name, None if value == "null" else json.loads(value) if value.startswith('"') else value


def _parts(text):
    """The elements of a JSON array, or the members of an object, as text: nothing of it is rounded."""
    text = text.strip()
    parts, depth, quoted, begin, at = [], 0, False, 1, 0
    while at < len(text) and (at == 0 or depth):
        c = text[at]
        if quoted:
            at += c == "\\"
            quoted = c != '"'
        elif c == '"':
            quoted = True
        elif c in "[{":
            depth += 1
        elif c in "]}" or c == ",":
            if depth == 1:
                parts.append(text[begin:at].strip())
                begin = at + 1
            depth -= c != ","
        at += 1
    if depth or at < len(text) or not parts or text[0] not in "[{":
        raise ValueError(f"A batch's body has to be a JSON array and nothing else, got {text[:40]}")
    return [] if parts == [""] else parts
