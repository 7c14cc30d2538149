-- An application without a name is deleted: no query finds it, and its devices and keys are removed in small steps.
ALTER TABLE foreign_app ALTER COLUMN name DROP NOT NULL;

-- Counts the changes of an application and its devices, so that what was computed from them is not saved over a change in between.
ALTER TABLE foreign_app ADD COLUMN IF NOT EXISTS version bigint NOT NULL DEFAULT 0;
