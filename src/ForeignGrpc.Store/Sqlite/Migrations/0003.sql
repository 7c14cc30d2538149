-- Counts the changes of an application and its devices, so that what was computed from them is not saved over a change in between.
ALTER TABLE foreign_app ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

-- An application without a name is deleted: no query finds it, and its devices and keys are removed in small steps. The constraint is
-- removed as https://www.sqlite.org/lang_altertable.html#otheralter describes. The rows stay as they are.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'name TEXT NOT NULL UNIQUE', 'name TEXT UNIQUE') WHERE type = 'table' AND name = 'foreign_app';
PRAGMA writable_schema = RESET;
