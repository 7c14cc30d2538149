-- A user has at most 100 tickets by default, of which those go first that were used least recently: those that expire first.
DELETE FROM ticket WHERE id IN (
  SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY expires_at DESC, id DESC) AS place FROM ticket) placed
  WHERE place > 100);

DROP INDEX ticket_user;

CREATE INDEX ticket_user_expiry ON ticket (user_id, expires_at);
