-- Terms under short ids, offers per kind of license, releases, lineage, payees and the resale share.
-- The chain schema is read again from the deployment's first block: these contracts are a new deployment.
SELECT chain.wipe();

DROP TRIGGER remember ON "chain"."terms";
ALTER TABLE "chain"."model" DROP CONSTRAINT "model_terms_id_fkey";
DROP TABLE "chain"."terms";

CREATE TABLE "chain"."terms" (
    "terms_id" BIGINT NOT NULL,
    "kind" INTEGER NOT NULL,
    "mode" INTEGER NOT NULL,
    "derivatives" BOOLEAN NOT NULL,
    "approval_needed" BOOLEAN NOT NULL,
    "owner_share_bps" INTEGER NOT NULL,
    "slash_bps" INTEGER NOT NULL,
    "royalty_bps" INTEGER NOT NULL,
    "period" BIGINT NOT NULL,
    "audit_period" BIGINT NOT NULL,
    "price" DECIMAL(78,0) NOT NULL,
    "bond" DECIMAL(78,0) NOT NULL,
    "leak_bond" DECIMAL(78,0) NOT NULL,
    "uri" TEXT NOT NULL,

    CONSTRAINT "terms_pkey" PRIMARY KEY ("terms_id")
);

ALTER TABLE "chain"."model" DROP COLUMN "terms_id",
    ADD COLUMN "slash_bps" INTEGER NOT NULL,
    ADD COLUMN "release" BIGINT NOT NULL DEFAULT 1,
    ADD COLUMN "latest_commit_id" TEXT NOT NULL,
    ADD COLUMN "serve_terms_id" BIGINT,
    ADD COLUMN "private_terms_id" BIGINT,
    ADD COLUMN "derive_terms_id" BIGINT,
    ADD COLUMN "lineage_bps" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "derivable" BOOLEAN NOT NULL DEFAULT true,
    ADD COLUMN "payees" JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN "resale_receiver" TEXT,
    ADD COLUMN "resale_bps" INTEGER NOT NULL DEFAULT 0;

CREATE TABLE "chain"."release" (
    "model_id" BIGINT NOT NULL,
    "number" BIGINT NOT NULL,
    "commit_id" TEXT NOT NULL,
    "weights_digest" TEXT NOT NULL,
    "control_panel_digest" TEXT NOT NULL,
    "grace_ends_at" TIMESTAMPTZ(3),
    "release_tx" TEXT NOT NULL,
    "released_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "release_pkey" PRIMARY KEY ("model_id","number")
);

CREATE TABLE "chain"."ancestor" (
    "model_id" BIGINT NOT NULL,
    "ancestor_id" BIGINT NOT NULL,
    "bps" INTEGER NOT NULL,

    CONSTRAINT "ancestor_pkey" PRIMARY KEY ("model_id","ancestor_id")
);

CREATE UNIQUE INDEX "model_latest_commit_id_key" ON "chain"."model"("latest_commit_id");
CREATE UNIQUE INDEX "release_commit_id_key" ON "chain"."release"("commit_id");
CREATE INDEX "ancestor_ancestor_id_model_id_idx" ON "chain"."ancestor"("ancestor_id", "model_id");

ALTER TABLE "chain"."model" ADD CONSTRAINT "model_latest_commit_id_fkey" FOREIGN KEY ("latest_commit_id") REFERENCES "chain"."code_book"("commit_id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "chain"."model" ADD CONSTRAINT "model_serve_terms_id_fkey" FOREIGN KEY ("serve_terms_id") REFERENCES "chain"."terms"("terms_id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "chain"."model" ADD CONSTRAINT "model_private_terms_id_fkey" FOREIGN KEY ("private_terms_id") REFERENCES "chain"."terms"("terms_id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "chain"."model" ADD CONSTRAINT "model_derive_terms_id_fkey" FOREIGN KEY ("derive_terms_id") REFERENCES "chain"."terms"("terms_id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "chain"."release" ADD CONSTRAINT "release_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "chain"."model"("model_id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "chain"."release" ADD CONSTRAINT "release_commit_id_fkey" FOREIGN KEY ("commit_id") REFERENCES "chain"."code_book"("commit_id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "chain"."ancestor" ADD CONSTRAINT "ancestor_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "chain"."model"("model_id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."terms" FOR EACH ROW EXECUTE FUNCTION chain.remember('terms_id');
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."release" FOR EACH ROW EXECUTE FUNCTION chain.remember('model_id, number');
CREATE TRIGGER remember AFTER INSERT OR UPDATE OR DELETE ON "chain"."ancestor" FOR EACH ROW EXECUTE FUNCTION chain.remember('model_id, ancestor_id');

CREATE OR REPLACE FUNCTION "chain"."wipe"() RETURNS void LANGUAGE sql AS $$
  TRUNCATE chain.cursor, chain.block, chain.event, chain.undo, chain.refused_claim, chain.code_book, chain.terms,
    chain.model, chain.release, chain.ancestor, chain.license, chain.booking, chain.distribution, chain.account, chain.signer, chain.claim,
    chain.claim_step, chain.contested_use, chain.verifier, chain.batch;
$$;
