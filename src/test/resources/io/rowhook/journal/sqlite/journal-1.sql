-- A journal as the first version wrote it. Never change it.
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA application_id = 1383557227;
CREATE TABLE epoch (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  system_identifier TEXT NOT NULL,
  timeline INTEGER NOT NULL,
  slot TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  watermark INTEGER NOT NULL,
  head INTEGER NOT NULL
) STRICT;

CREATE TABLE event (
  sequence INTEGER PRIMARY KEY,
  id ANY NOT NULL UNIQUE,
  entity_type TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  type TEXT NOT NULL,
  committed_at INTEGER NOT NULL,
  lsn INTEGER NOT NULL,
  tx INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX event_entity ON event (entity_type, entity_id);
CREATE TABLE staged (
  ordinal INTEGER PRIMARY KEY,
  entity_key BLOB NOT NULL UNIQUE,
  change BLOB NOT NULL
) STRICT;

CREATE TABLE rejected_row (
  n INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  lsn INTEGER NOT NULL,
  tx INTEGER NOT NULL,
  table_name TEXT NOT NULL,
  operation TEXT NOT NULL,
  key TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX rejected_row_at ON rejected_row (at);

CREATE TABLE recipient (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  cursor INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT;
CREATE TABLE delivery (
  recipient INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  entity_key BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'blocked', 'failed')),
  next_at INTEGER,
  attempts INTEGER NOT NULL,
  first_attempt_at INTEGER,
  attribute_set TEXT,
  redelivery INTEGER NOT NULL,
  reason TEXT,
  PRIMARY KEY (recipient, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_due ON delivery (recipient, next_at) WHERE state = 'waiting';
CREATE INDEX delivery_open ON delivery (recipient, sequence) WHERE state <> 'failed';
CREATE INDEX delivery_entity ON delivery (recipient, entity_key, sequence)
  WHERE state <> 'failed';

CREATE TABLE attempt (
  recipient INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  redelivery INTEGER NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  took INTEGER NOT NULL,
  request_id TEXT NOT NULL,
  status INTEGER,
  error TEXT,
  answer TEXT,
  attribute_set TEXT,
  body_sha256 TEXT,
  outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'waiting', 'blocked', 'failed')),
  PRIMARY KEY (recipient, sequence, redelivery, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE attribute_set (
  hash TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  source TEXT NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 1;
INSERT INTO epoch VALUES (1, 'e1', '7506543210987654321', 1, 'rowhook', 1779636044123456, 23803720, 42);
INSERT INTO event VALUES (41, x'00112233445566778899aabbccddeeff', 'Article', '7', 'Created', 1779636044123456, 23803720, 571, CAST('{"id":7}' AS BLOB));
INSERT INTO event VALUES (42, x'ffeeddccbbaa99887766554433221100', 'Article', '8', 'Deleted', 1779636044123456, 23803720, 571, CAST('{"id":8}' AS BLOB));
INSERT INTO rejected_row VALUES (1, 1779636044123456, 23803720, 571, 'public.article', 'UPDATE', '{"id":9}', 'a rule');
INSERT INTO recipient VALUES (1, 'shop', 40, 1779636044123456, 1779636044123456);
INSERT INTO delivery VALUES (1, 41, x'41727469636c650037', 'waiting', 1779636104123456, 2, 1779636044123456, 'abc', 0, NULL);
INSERT INTO attempt VALUES (1, 41, 0, 2, 1779636044123456, 12000, 'r2', 503, 'answered 503', 'busy', 'abc', 'b0d1', 'waiting');
INSERT INTO attribute_set VALUES ('abc', 'shop/article.jslt', '.');
