-- Licenses of three kinds with their states, what a booking rests on, the lineage's part of a distribution, and every payout of a vault.
-- The chain schema is read again from the deployment's first block: these contracts are a new deployment.
SELECT chain.wipe();

ALTER TABLE "chain"."license"
    ADD COLUMN "terms_id" BIGINT NOT NULL,
    ADD COLUMN "kind" INTEGER NOT NULL,
    ADD COLUMN "leak_bond" DECIMAL(78,0) NOT NULL,
    ADD COLUMN "delivered" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "activated" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "activate_by" TIMESTAMPTZ(3),
    ADD COLUMN "paid_until" TIMESTAMPTZ(3),
    ADD COLUMN "frozen_until" TIMESTAMPTZ(3),
    ADD COLUMN "barred" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "suspension" TEXT;

ALTER TABLE "chain"."booking" ADD COLUMN "kind" TEXT NOT NULL;

ALTER TABLE "chain"."distribution" DROP COLUMN "owner_payee",
    DROP COLUMN "host_payee",
    ADD COLUMN "lineage" DECIMAL(78,0) NOT NULL;

CREATE TABLE "chain"."payout" (
    "block_number" BIGINT NOT NULL,
    "log_index" INTEGER NOT NULL,
    "license_id" BIGINT NOT NULL,
    "payee" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "refused" BOOLEAN NOT NULL,
    "tx" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payout_pkey" PRIMARY KEY ("block_number","log_index")
);

CREATE INDEX "payout_license_id_block_number_log_index_idx" ON "chain"."payout"("license_id", "block_number", "log_index");
CREATE INDEX "payout_payee_block_number_log_index_idx" ON "chain"."payout"("payee", "block_number", "log_index");

ALTER TABLE "chain"."license" ADD CONSTRAINT "license_terms_id_fkey" FOREIGN KEY ("terms_id") REFERENCES "chain"."terms"("terms_id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "chain"."payout" ADD CONSTRAINT "payout_license_id_fkey" FOREIGN KEY ("license_id") REFERENCES "chain"."license"("license_id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."payout" FOR EACH ROW EXECUTE FUNCTION chain.remember('block_number, log_index');

CREATE OR REPLACE FUNCTION "chain"."wipe"() RETURNS void LANGUAGE sql AS $$
  TRUNCATE chain.cursor, chain.block, chain.event, chain.undo, chain.refused_claim, chain.code_book, chain.terms,
    chain.model, chain.release, chain.ancestor, chain.license, chain.booking, chain.distribution, chain.payout, chain.account, chain.signer,
    chain.claim, chain.claim_step, chain.contested_use, chain.verifier, chain.batch;
$$;
