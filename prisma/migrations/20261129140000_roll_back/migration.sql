-- One word for undoing: roll back. What a row was before a block changed it stands in chain.roll_back_entry, written
-- by one trigger per table, and the triggers are made by one loop: a migration that adds a table to the chain schema
-- ends with `SELECT chain.add_roll_back_triggers();`. chain.wipe() finds its tables by itself.

DO $$
DECLARE
  made regclass;
BEGIN
  FOR made IN SELECT tgrelid FROM pg_trigger WHERE tgname = 'remember' LOOP
    EXECUTE format('DROP TRIGGER remember ON %s', made);
  END LOOP;
END $$;
DROP FUNCTION "chain"."remember"();

ALTER TABLE "chain"."undo" RENAME TO "roll_back_entry";
ALTER TABLE "chain"."roll_back_entry" RENAME CONSTRAINT "undo_pkey" TO "roll_back_entry_pkey";
ALTER INDEX "chain"."undo_block_number_idx" RENAME TO "roll_back_entry_block_number_idx";
ALTER SEQUENCE "chain"."undo_id_seq" RENAME TO "roll_back_entry_id_seq";

-- While the indexer applies block n it sets oml.block to n; then every change to a projection leaves what the row was.
CREATE FUNCTION "chain"."keep_for_roll_back"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  current_block bigint := nullif(current_setting('oml.block', true), '')::bigint;
BEGIN
  IF current_block IS NOT NULL THEN
    INSERT INTO chain.roll_back_entry (block_number, table_name, keys, before, after) VALUES (
      current_block, TG_TABLE_NAME, TG_ARGV[0],
      CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END,
      CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END);
  END IF;
  RETURN NULL;
END $$;

-- Every table but the raw ones, whose rows carry their block and are never changed. Again and again does no harm.
CREATE FUNCTION "chain"."add_roll_back_triggers"() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  projection record;
BEGIN
  FOR projection IN
    SELECT c.oid::regclass AS name, (
      SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY array_position(i.indkey::int2[], a.attnum))
      FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
      WHERE i.indrelid = c.oid AND i.indisprimary) AS keys
    FROM pg_class c
    WHERE c.relnamespace = 'chain'::regnamespace AND c.relkind = 'r'
      AND c.relname NOT IN ('cursor', 'block', 'event', 'refused_claim', 'roll_back_entry')
  LOOP
    IF projection.keys IS NULL THEN
      RAISE EXCEPTION '% has no primary key: its rows could not be rolled back', projection.name;
    END IF;
    EXECUTE format('CREATE OR REPLACE TRIGGER roll_back AFTER INSERT OR UPDATE OR DELETE ON %s'
      ' FOR EACH ROW EXECUTE FUNCTION chain.keep_for_roll_back(%L)', projection.name, projection.keys);
  END LOOP;
END $$;

-- Rolls back every block after `to_block`, newest change first.
CREATE OR REPLACE FUNCTION "chain"."roll_back"(to_block bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  entry chain.roll_back_entry;
  columns text;
BEGIN
  PERFORM set_config('oml.block', '', true);
  FOR entry IN SELECT * FROM chain.roll_back_entry WHERE block_number > to_block ORDER BY id DESC LOOP
    SELECT string_agg(quote_ident(name), ', ') INTO columns FROM jsonb_object_keys(coalesce(entry.before, entry.after)) AS name;
    IF entry.before IS NULL THEN
      EXECUTE format('DELETE FROM chain.%1$I WHERE (%2$s) = (SELECT %2$s FROM jsonb_populate_record(NULL::chain.%1$I, $1))',
        entry.table_name, entry.keys) USING entry.after;
    ELSIF entry.after IS NULL THEN
      EXECUTE format('INSERT INTO chain.%1$I (%2$s) SELECT %2$s FROM jsonb_populate_record(NULL::chain.%1$I, $1)',
        entry.table_name, columns) USING entry.before;
    ELSE
      EXECUTE format('UPDATE chain.%1$I SET (%3$s) = (SELECT %3$s FROM jsonb_populate_record(NULL::chain.%1$I, $1))'
        ' WHERE (%2$s) = (SELECT %2$s FROM jsonb_populate_record(NULL::chain.%1$I, $1))',
        entry.table_name, entry.keys, columns) USING entry.before;
    END IF;
  END LOOP;
  DELETE FROM chain.roll_back_entry WHERE block_number > to_block;
  DELETE FROM chain.event WHERE block_number > to_block;
  DELETE FROM chain.refused_claim WHERE block_number > to_block;
  DELETE FROM chain.block WHERE number > to_block;
END $$;

-- Empties the schema, so that the indexer reads again from the deployment's first block.
CREATE OR REPLACE FUNCTION "chain"."wipe"() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE (SELECT 'TRUNCATE ' || string_agg(oid::regclass::text, ', ' ORDER BY relname) FROM pg_class
    WHERE relnamespace = 'chain'::regnamespace AND relkind = 'r');
END $$;

SELECT chain.add_roll_back_triggers();
