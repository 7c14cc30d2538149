-- Instants are Unix microseconds. People are numbered once, so that a key carries two small numbers and not two names.

CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  full_name TEXT NOT NULL UNIQUE
) STRICT;

-- Ids are never used twice (AUTOINCREMENT), so that a remembered id can go stale but never mean something else.
CREATE TABLE foreign_app (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  created_by INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_by INTEGER NOT NULL
) STRICT;

CREATE TABLE foreign_device (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  app_id INTEGER NOT NULL REFERENCES foreign_app (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  identifier TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_by INTEGER NOT NULL,
  UNIQUE (app_id, name, identifier)
) STRICT;

-- Devices of an application by id, the order in which lists go through them.
CREATE INDEX foreign_device_app ON foreign_device (app_id);

-- The older of two keys has the smaller id. A table_id is a documented number, a registered one from 100000, or -1: unbound.
-- value_hash is of device, table, name and value together: it leads from a value to its keys, the oldest first, however long
-- the value is and however many keys of other names or devices share it.
CREATE TABLE foreign_key (
  id INTEGER PRIMARY KEY,
  device_id INTEGER NOT NULL REFERENCES foreign_device (id) ON DELETE CASCADE,
  table_id INTEGER NOT NULL,
  record_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  value_hash INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  created_by INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_by INTEGER NOT NULL,
  UNIQUE (device_id, table_id, record_id, name)
) STRICT;

CREATE INDEX foreign_key_value ON foreign_key (value_hash);

-- Table names beside the documented ones. folded_name is what spellings that differ in case have in common.
CREATE TABLE registered_table (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  folded_name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE user (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  full_name TEXT NOT NULL,
  role INTEGER NOT NULL,
  password_hash TEXT NOT NULL,
  development_only INTEGER NOT NULL
) STRICT;
