-- What each license reserves of its model's title bond; exits of title bonds as of accounts.
-- The chain schema is read again from the deployment's first block, which fills the columns.
SELECT chain.wipe();

ALTER TABLE "chain"."title_bond" RENAME COLUMN "leaving" TO "announced";
ALTER TABLE "chain"."title_bond" RENAME COLUMN "leavable_at" TO "ripe_at";
ALTER TABLE "chain"."title_bond" ADD COLUMN "lapses_at" TIMESTAMPTZ(3);

ALTER TABLE "chain"."license" ADD COLUMN "title_cover" DECIMAL(78,0) NOT NULL DEFAULT 0;
