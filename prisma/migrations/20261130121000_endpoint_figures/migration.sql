-- What verifiers found of endpoints: a row a license and verifier, which newer figures replace.
CREATE TABLE "market"."endpoint_figures" (
    "license_id" BIGINT NOT NULL,
    "verifier" TEXT NOT NULL,
    "model_id" BIGINT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "window_from" TIMESTAMPTZ(3) NOT NULL,
    "window_to" TIMESTAMPTZ(3) NOT NULL,
    "method" TEXT NOT NULL,
    "looks" INTEGER NOT NULL,
    "up" INTEGER NOT NULL,
    "answers" INTEGER NOT NULL,
    "p50_ms" INTEGER,
    "p95_ms" INTEGER,
    "tokens_per_second" DOUBLE PRECISION,
    "asked" DECIMAL(78,0),
    "price_holds" BOOLEAN,
    "verified_at" TIMESTAMPTZ(3),

    CONSTRAINT "endpoint_figures_pkey" PRIMARY KEY ("license_id", "verifier")
);
CREATE INDEX "endpoint_figures_model_id_license_id_idx" ON "market"."endpoint_figures"("model_id", "license_id");
