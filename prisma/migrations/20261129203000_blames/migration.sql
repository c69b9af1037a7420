-- A host's blame of the editions that it was delivered, and what title bonds paid of a claim.
-- The chain schema is read again from the deployment's first block: these contracts are a new deployment.
SELECT chain.wipe();

ALTER TABLE "chain"."claim" ADD COLUMN "from_titles" DECIMAL(78,0) NOT NULL DEFAULT 0;

CREATE TABLE "chain"."blame" (
    "blame_id" BIGINT NOT NULL,
    "claim_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "upheld" BOOLEAN,
    "payer" TEXT NOT NULL,
    "deposit" DECIMAL(78,0) NOT NULL,
    "committee_id" BIGINT NOT NULL,
    "license_ids" DECIMAL(78,0)[],
    "hits" INTEGER[],
    "appeal_by" TIMESTAMPTZ(3),

    CONSTRAINT "blame_pkey" PRIMARY KEY ("blame_id")
);
CREATE UNIQUE INDEX "blame_claim_id_key" ON "chain"."blame"("claim_id");

SELECT chain.add_roll_back_triggers();
