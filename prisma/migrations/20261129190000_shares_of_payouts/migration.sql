-- A payout says whose share of the vault it is of, and the owner of an ancestor finds what it was paid.
-- The chain schema is read again from the deployment's first block.
SELECT chain.wipe();

ALTER TABLE "chain"."payout" ADD COLUMN "share" TEXT,
ADD COLUMN "ancestor_id" BIGINT;

CREATE INDEX "payout_ancestor_id_block_number_log_index_idx" ON "chain"."payout"("ancestor_id", "block_number", "log_index");

SELECT chain.add_roll_back_triggers();
