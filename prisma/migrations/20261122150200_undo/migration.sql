-- Reorgs. While the indexer applies block n it sets oml.block to n; then every change to a projection leaves in
-- chain.undo what the row was before. chain.roll_back(n) takes back every block after n, newest change first.

CREATE FUNCTION "chain"."remember"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  current_block bigint := nullif(current_setting('oml.block', true), '')::bigint;
BEGIN
  IF current_block IS NOT NULL THEN
    INSERT INTO chain.undo (block_number, table_name, keys, before, after) VALUES (
      current_block, TG_TABLE_NAME, TG_ARGV[0],
      CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END,
      CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION "chain"."roll_back"(to_block bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  entry chain.undo;
  columns text;
BEGIN
  PERFORM set_config('oml.block', '', true);
  FOR entry IN SELECT * FROM chain.undo WHERE block_number > to_block ORDER BY id DESC LOOP
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
  DELETE FROM chain.undo WHERE block_number > to_block;
  DELETE FROM chain.event WHERE block_number > to_block;
  DELETE FROM chain.refused_claim WHERE block_number > to_block;
  DELETE FROM chain.block WHERE number > to_block;
END $$;

-- Empties the schema, so that the indexer reads again from the deployment's first block.
CREATE FUNCTION "chain"."wipe"() RETURNS void LANGUAGE sql AS $$
  TRUNCATE chain.cursor, chain.block, chain.event, chain.undo, chain.refused_claim, chain.code_book, chain.terms,
    chain.model, chain.license, chain.booking, chain.distribution, chain.account, chain.signer, chain.claim,
    chain.claim_step, chain.contested_use, chain.verifier, chain.batch;
$$;

CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."code_book" FOR EACH ROW EXECUTE FUNCTION chain.remember('commit_id');
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."terms" FOR EACH ROW EXECUTE FUNCTION chain.remember('terms_id');
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."model" FOR EACH ROW EXECUTE FUNCTION chain.remember('model_id');
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."license" FOR EACH ROW EXECUTE FUNCTION chain.remember('license_id');
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."booking" FOR EACH ROW EXECUTE FUNCTION chain.remember('vault, payment_ref');
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."distribution" FOR EACH ROW EXECUTE FUNCTION chain.remember('block_number, log_index');
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."account" FOR EACH ROW EXECUTE FUNCTION chain.remember('account');
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."signer" FOR EACH ROW EXECUTE FUNCTION chain.remember('signer');
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."claim" FOR EACH ROW EXECUTE FUNCTION chain.remember('claim_id');
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."claim_step" FOR EACH ROW EXECUTE FUNCTION chain.remember('claim_id, block_number, log_index');
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."contested_use" FOR EACH ROW EXECUTE FUNCTION chain.remember('claim_id, index');
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."verifier" FOR EACH ROW EXECUTE FUNCTION chain.remember('verifier');
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."batch" FOR EACH ROW EXECUTE FUNCTION chain.remember('batch_id');
