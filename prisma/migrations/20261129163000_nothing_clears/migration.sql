-- Nothing clears a claim, and no title bond answers one: the second edition of the rules.
-- The chain schema is read again from the deployment's first block.
SELECT chain.wipe();

ALTER TABLE "chain"."claim" DROP COLUMN "title_model_id", DROP COLUMN "from_title";
