-- What was measured of releases, carried by the transactions that anchored it.
-- The chain schema is read again from the deployment's first block: earlier anchors may carry some.
SELECT chain.wipe();

CREATE TABLE "chain"."measurement" (
    "digest" TEXT NOT NULL,
    "release" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "data_digest" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "measured_at" TIMESTAMPTZ(3) NOT NULL,
    "anchored_at" TIMESTAMPTZ(3) NOT NULL,
    "tx" TEXT NOT NULL,
    "document" JSONB NOT NULL,

    CONSTRAINT "measurement_pkey" PRIMARY KEY ("digest")
);
CREATE INDEX "measurement_release_method_idx" ON "chain"."measurement"("release", "method");

SELECT chain.add_roll_back_triggers();
