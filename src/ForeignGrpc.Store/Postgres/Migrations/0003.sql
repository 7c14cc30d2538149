-- The person who registered it, of whom there are only so many; 0 is not known.
ALTER TABLE registered_table ADD COLUMN IF NOT EXISTS registered_by integer NOT NULL DEFAULT 0;

CREATE INDEX IF NOT EXISTS registered_table_by ON registered_table (registered_by);
