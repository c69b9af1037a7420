-- Refused claims of one model: pages asked for the newest of the whole market and filtered those.
-- The chain schema is read again from the deployment's first block, which fills the column.
SELECT chain.wipe();

ALTER TABLE "chain"."refused_claim" ADD COLUMN "model_id" DECIMAL(78,0);

CREATE INDEX "refused_claim_model_id_block_number_tx_index_idx" ON "chain"."refused_claim"("model_id", "block_number", "tx_index");
