-- Receipts by their digests: of contested uses, and of hits that claims on disguised uses show; payments by reference.
-- The chain schema is read again from the deployment's first block, which fills them.
SELECT chain.wipe();

ALTER TABLE "chain"."contested_use" ADD COLUMN "digest" TEXT;
CREATE INDEX "contested_use_digest_idx" ON "chain"."contested_use"("digest");

CREATE TABLE "chain"."claim_hit" (
    "digest" TEXT NOT NULL,
    "claim_id" TEXT NOT NULL,

    CONSTRAINT "claim_hit_pkey" PRIMARY KEY ("digest","claim_id")
);
ALTER TABLE "chain"."claim_hit" ADD CONSTRAINT "claim_hit_claim_id_fkey"
    FOREIGN KEY ("claim_id") REFERENCES "chain"."claim"("claim_id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE INDEX "claim_hit_claim_id_idx" ON "chain"."claim_hit"("claim_id");

CREATE INDEX "booking_payment_ref_block_number_log_index_idx"
    ON "chain"."booking"("payment_ref", "block_number", "log_index");

SELECT chain.add_roll_back_triggers();
