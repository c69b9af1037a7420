-- Batches wait for a round of the beacon and are counted over all verifiers; each model has an inspection pool.
-- The chain schema is read again from the deployment's first block: these contracts are a new deployment.
SELECT chain.wipe();

DROP INDEX "chain"."batch_verifier_ordinal_idx";
ALTER TABLE "chain"."batch" DROP COLUMN "ordinal", DROP COLUMN "refund",
    ADD COLUMN "number" BIGINT NOT NULL,
    ADD COLUMN "round" BIGINT NOT NULL,
    ADD COLUMN "opening" JSONB,
    ADD COLUMN "paid" DECIMAL(78,0) NOT NULL DEFAULT 0;
CREATE INDEX "batch_verifier_number_idx" ON "chain"."batch"("verifier", "number");
CREATE INDEX "batch_round_idx" ON "chain"."batch"("round");
CREATE INDEX "batch_model_id_number_idx" ON "chain"."batch"("model_id", "number");

CREATE TABLE "chain"."inspection_pool" (
    "model_id" DECIMAL(78,0) NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,

    CONSTRAINT "inspection_pool_pkey" PRIMARY KEY ("model_id")
);

SELECT chain.add_roll_back_triggers();
