-- The latest of a release are read first, however many there are.
DROP INDEX "chain"."measurement_release_method_idx";
CREATE INDEX "measurement_release_anchored_at_idx" ON "chain"."measurement"("release", "anchored_at" DESC);
