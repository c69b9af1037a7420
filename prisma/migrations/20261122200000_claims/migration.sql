-- Claims known by the digest of a receipt or by a batch, what they can reach and what a title bond answered; batches of a release.
-- The chain schema is read again from the deployment's first block: these contracts are a new deployment.
SELECT chain.wipe();

ALTER TABLE "chain"."claim_step" DROP CONSTRAINT "claim_step_claim_id_fkey";
ALTER TABLE "chain"."contested_use" DROP CONSTRAINT "contested_use_claim_id_fkey";
DROP INDEX "chain"."claim_account_claim_id_idx";
DROP INDEX "chain"."claim_model_id_claim_id_idx";
DROP INDEX "chain"."claim_claimant_claim_id_idx";

ALTER TABLE "chain"."claim"
    ALTER COLUMN "claim_id" TYPE TEXT,
    ADD COLUMN "reach" DECIMAL(78,0) NOT NULL DEFAULT 0,
    ADD COLUMN "needed" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "item_count" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "title_model_id" DECIMAL(78,0),
    ADD COLUMN "from_title" DECIMAL(78,0) NOT NULL DEFAULT 0,
    ADD COLUMN "block_number" BIGINT NOT NULL,
    ADD COLUMN "log_index" INTEGER NOT NULL;
ALTER TABLE "chain"."claim_step" ALTER COLUMN "claim_id" TYPE TEXT;
ALTER TABLE "chain"."contested_use" ALTER COLUMN "claim_id" TYPE TEXT;

CREATE INDEX "claim_block_number_log_index_idx" ON "chain"."claim"("block_number", "log_index");
CREATE INDEX "claim_account_block_number_log_index_idx" ON "chain"."claim"("account", "block_number", "log_index");
CREATE INDEX "claim_model_id_block_number_log_index_idx" ON "chain"."claim"("model_id", "block_number", "log_index");
CREATE INDEX "claim_claimant_idx" ON "chain"."claim"("claimant");
ALTER TABLE "chain"."claim_step" ADD CONSTRAINT "claim_step_claim_id_fkey" FOREIGN KEY ("claim_id") REFERENCES "chain"."claim"("claim_id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "chain"."contested_use" ADD CONSTRAINT "contested_use_claim_id_fkey" FOREIGN KEY ("claim_id") REFERENCES "chain"."claim"("claim_id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "chain"."batch"
    ALTER COLUMN "item_count" TYPE BIGINT,
    ADD COLUMN "release" BIGINT,
    ADD COLUMN "deposit" DECIMAL(78,0) NOT NULL,
    ADD COLUMN "refund" DECIMAL(78,0) NOT NULL DEFAULT 0;

CREATE TABLE "chain"."title_bond" (
    "model_id" DECIMAL(78,0) NOT NULL,
    "bond" DECIMAL(78,0) NOT NULL,
    "reserved" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "leaving" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "leavable_at" TIMESTAMPTZ(3),

    CONSTRAINT "title_bond_pkey" PRIMARY KEY ("model_id")
);

CREATE OR REPLACE FUNCTION "chain"."wipe"() RETURNS void LANGUAGE sql AS $$
  TRUNCATE chain.cursor, chain.block, chain.event, chain.undo, chain.refused_claim, chain.code_book, chain.terms,
    chain.model, chain.release, chain.ancestor, chain.license, chain.booking, chain.distribution, chain.payout, chain.account, chain.signer,
    chain.claim, chain.claim_step, chain.contested_use, chain.verifier, chain.batch, chain.title_bond;
$$;

CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."title_bond" FOR EACH ROW EXECUTE FUNCTION chain.remember('model_id');
