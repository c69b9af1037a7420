-- What keeps a license from being active (its own causes, its account's, its model's mark), and exits of bonds.
-- The chain schema is read again from the deployment's first block, which fills the columns.
SELECT chain.wipe();

ALTER TABLE "chain"."license"
    ADD COLUMN "stage" TEXT NOT NULL,
    ADD COLUMN "claimed" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "idle" TEXT;

ALTER TABLE "chain"."account"
    ADD COLUMN "announced" DECIMAL(78,0) NOT NULL DEFAULT 0,
    ADD COLUMN "ripe_at" TIMESTAMPTZ(3),
    ADD COLUMN "lapses_at" TIMESTAMPTZ(3),
    ADD COLUMN "suspended_at" TIMESTAMPTZ(3),
    ADD COLUMN "closed" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "chain"."model" ADD COLUMN "marked_at" TIMESTAMPTZ(3);

ALTER TABLE "chain"."terms"
    ADD COLUMN "child_price" DECIMAL(78,0) NOT NULL DEFAULT 0,
    ADD COLUMN "child_bond" DECIMAL(78,0) NOT NULL DEFAULT 0;
