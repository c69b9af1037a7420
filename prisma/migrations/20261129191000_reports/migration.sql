-- Reports, the committees that hear them, names, and the tickets of verifiers.
-- The chain schema is read again from the deployment's first block: these contracts are a new deployment.
SELECT chain.wipe();

ALTER TABLE "chain"."verifier" ADD COLUMN "tickets" BIGINT NOT NULL DEFAULT 0;

CREATE TABLE "chain"."report" (
    "report_id" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "reporter" TEXT NOT NULL,
    "accused" TEXT,
    "model_id" DECIMAL(78,0),
    "license_id" DECIMAL(78,0),
    "endpoint" TEXT,
    "name_id" TEXT,
    "bond" DECIMAL(78,0) NOT NULL,
    "committee_id" BIGINT NOT NULL,
    "appeal_by" TIMESTAMPTZ(3),
    "to_reporter" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "to_owner" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "to_accused" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "burned" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "filed_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "report_pkey" PRIMARY KEY ("report_id")
);
CREATE INDEX "report_model_id_report_id_idx" ON "chain"."report"("model_id", "report_id");
CREATE INDEX "report_name_id_report_id_idx" ON "chain"."report"("name_id", "report_id");

CREATE TABLE "chain"."committee" (
    "committee_id" BIGINT NOT NULL,
    "court" TEXT NOT NULL,
    "case_id" DECIMAL(78,0) NOT NULL,
    "state" TEXT NOT NULL,
    "draw" INTEGER NOT NULL,
    "round" BIGINT NOT NULL,
    "jurors" TEXT[],
    "votes" INTEGER[],
    "seats" INTEGER NOT NULL DEFAULT 0,
    "vote_by" TIMESTAMPTZ(3),
    "reveal_by" TIMESTAMPTZ(3),

    CONSTRAINT "committee_pkey" PRIMARY KEY ("committee_id")
);

CREATE TABLE "chain"."name" (
    "name_id" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "holder" TEXT,
    "model_id" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "deposit" DECIMAL(78,0) NOT NULL,
    "registered_at" TIMESTAMPTZ(3) NOT NULL,
    "reserved_for" TEXT,
    "reserved_until" TIMESTAMPTZ(3),

    CONSTRAINT "name_pkey" PRIMARY KEY ("name_id")
);
CREATE UNIQUE INDEX "name_text_key" ON "chain"."name"("text");
CREATE INDEX "name_holder_idx" ON "chain"."name"("holder");

SELECT chain.add_roll_back_triggers();
