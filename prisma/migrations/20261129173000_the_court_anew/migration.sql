-- Late fees burn beyond the claimant's costs; a slash for an unpaid use suspends its license until it is cured.
-- The chain schema is read again from the deployment's first block.
SELECT chain.wipe();

ALTER TABLE "chain"."claim" DROP COLUMN "to_pool", ADD COLUMN "cured_at" TIMESTAMPTZ(3);
ALTER TABLE "chain"."contested_use" ALTER COLUMN "vault" SET NOT NULL;
