"""A receiver that keeps a copy of what it is told, with rowhook_kit.py beside it: python3 receiver.py

SECRET is the one that the sender signs with (whsec_...), PORT where it listens (8080), DATABASE a file of SQLite's
(receiver.db), or a URL as postgresql://shop@localhost/shop, for which psycopg has to be there, MAX_BODY the largest body
that it reads, in bytes (16 MB).
"""

import json
import os
import re
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import rowhook_kit

SECRET = os.environ.get("SECRET", "")
DATABASE = os.environ.get("DATABASE", "receiver.db")
PORT = int(os.environ.get("PORT", "8080"))
MAX_BODY = int(os.environ.get("MAX_BODY", 16 * 1024 * 1024))

TABLES = (
    "CREATE TABLE IF NOT EXISTS entity_copy (entity_type text NOT NULL, entity_id text NOT NULL, body text NOT NULL,"
    " PRIMARY KEY (entity_type, entity_id))",
    # Without a key: an event that was applied twice would stand here twice.
    "CREATE TABLE IF NOT EXISTS history (event_id text NOT NULL, sequence bigint NOT NULL, event text NOT NULL,"
    " entity_type text NOT NULL, entity_id text NOT NULL, body text NOT NULL)",
)


def connect():
    if DATABASE.startswith("postgresql:"):
        import psycopg

        return psycopg.connect(DATABASE)
    import sqlite3

    connection = sqlite3.connect(DATABASE, timeout=30)  # seconds to wait for another's transaction
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


def sql(connection, statement, *values):
    cursor = connection.cursor()
    cursor.execute(statement if "sqlite" in type(connection).__module__ else statement.replace("?", "%s"), values)
    return cursor


def keep(connection, event):
    """What this receiver does with an event, in the transaction that notes it as applied."""
    if event.entity_type == "Rowhook":
        return  # what happened to the sender: none of the ERP's entities
    sql(
        connection,
        "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?)",
        event.id,
        event.sequence,
        event.event,
        event.entity_type,
        event.entity_id,
        event.body,
    )
    if event.event == "Deleted":
        sql(
            connection,
            "DELETE FROM entity_copy WHERE entity_type = ? AND entity_id = ?",
            event.entity_type,
            event.entity_id,
        )
        return
    sql(
        connection,
        "INSERT INTO entity_copy VALUES (?, ?, ?) ON CONFLICT (entity_type, entity_id) DO UPDATE SET body = excluded.body",
        event.entity_type,
        event.entity_id,
        event.body,
    )


class Receiver(BaseHTTPRequestHandler):
    """One connection of the sender's, and one of the database's for it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30  # seconds that the sender may let it wait for bytes; then its connection is closed

    def setup(self):
        super().setup()
        self.database = connect()

    def finish(self):
        self.database.close()
        super().finish()

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,15}", length) or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # nobody knows where the next request begins
            self.answer(400, "Content-Length has to be the number of the body's bytes.")
            return
        if int(length) > MAX_BODY:
            self.close_connection = True
            self.answer(413, f"The body is larger than {MAX_BODY} bytes.")
            return
        body = self.rfile.read(int(length))
        if not rowhook_kit.verify(SECRET, self.headers, body):
            self.answer(401, "The signature is not right, or older than five minutes.")
            return
        try:
            rowhook_kit.receive(self.database, self.headers, body, lambda event: keep(self.database, event))
            self.database.commit()
            self.answer(200, "")
        except ValueError as e:
            self.database.rollback()
            self.answer(400, str(e))
        except Exception as e:  # the sender tries again: nothing of it has happened here
            print(e, file=sys.stderr)
            self.close_connection = True
            self.answer(500, "Not kept.")

    def do_GET(self):
        entities = sql(self.database, "SELECT count(*) FROM entity_copy").fetchone()[0]
        mark = rowhook_kit.complete_to(self.database)
        self.database.rollback()
        self.answer(200, json.dumps({"entities": entities, "completeTo": mark}))

    def answer(self, status, text):
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100


if __name__ == "__main__":
    if not SECRET:
        sys.exit("SECRET has to be the secret that the sender signs with, as whsec_...")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    first = connect()
    rowhook_kit.prepare(first)
    for table in TABLES:
        sql(first, table)
    first.commit()
    first.close()
    print(f"Listening on http://127.0.0.1:{PORT}/", flush=True)
    Server(("127.0.0.1", PORT), Receiver).serve_forever()
