-- Code books wait for a round of the beacon instead of a block, and are counted over everybody who commits one.
-- The chain schema is read again from the deployment's first block: these contracts are a new deployment.
SELECT chain.wipe();

ALTER TABLE "chain"."code_book" DROP COLUMN "beacon_block",
    ADD COLUMN "book_number" BIGINT NOT NULL,
    ADD COLUMN "round" BIGINT NOT NULL;

CREATE INDEX "code_book_round_idx" ON "chain"."code_book"("round");
