ALTER TABLE user ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;

-- What a user holds in place of a password. Only the SHA-256 hash of the secret is kept. kind: 1 a ticket, 2 a browser's session.
CREATE TABLE ticket (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  secret_hash BLOB NOT NULL UNIQUE,
  user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX ticket_user ON ticket (user_id);

CREATE INDEX ticket_expiry ON ticket (expires_at);
