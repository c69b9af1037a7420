-- How often in a row a verifier looked in vain: over a window of a week, its share alone would list dead endpoints for days.
ALTER TABLE "market"."endpoint_figures" ADD COLUMN "missed" INTEGER NOT NULL DEFAULT 0;
