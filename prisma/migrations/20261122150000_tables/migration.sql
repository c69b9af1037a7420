-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "chain";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "market";

-- CreateTable
CREATE TABLE "market"."model_card" (
    "model_id" BIGINT NOT NULL,
    "commit_id" TEXT NOT NULL,
    "name" TEXT,
    "kind" TEXT,
    "card" TEXT,
    "report" JSONB,
    "has_demo" BOOLEAN NOT NULL DEFAULT false,
    "fetched_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "search" tsvector,

    CONSTRAINT "model_card_pkey" PRIMARY KEY ("model_id")
);

-- CreateTable
CREATE TABLE "chain"."claim" (
    "claim_id" BIGINT NOT NULL,
    "offence" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "claimant" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "model_id" DECIMAL(78,0) NOT NULL,
    "license_id" DECIMAL(78,0) NOT NULL,
    "bond" DECIMAL(78,0) NOT NULL,
    "reserved" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "score" INTEGER NOT NULL DEFAULT 0,
    "items_proven" INTEGER NOT NULL DEFAULT 0,
    "answer_by" TIMESTAMPTZ(3),
    "taken" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "to_claimant" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "to_owner" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "to_pool" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "burned" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "revealed_at" TIMESTAMPTZ(3) NOT NULL,
    "finalised_at" TIMESTAMPTZ(3),

    CONSTRAINT "claim_pkey" PRIMARY KEY ("claim_id")
);

-- CreateTable
CREATE TABLE "chain"."claim_step" (
    "claim_id" BIGINT NOT NULL,
    "block_number" BIGINT NOT NULL,
    "log_index" INTEGER NOT NULL,

    CONSTRAINT "claim_step_pkey" PRIMARY KEY ("claim_id","block_number","log_index")
);

-- CreateTable
CREATE TABLE "chain"."contested_use" (
    "claim_id" BIGINT NOT NULL,
    "index" DECIMAL(78,0) NOT NULL,
    "vault" TEXT,
    "payment_ref" TEXT NOT NULL,
    "client" TEXT NOT NULL,
    "cumulative" DECIMAL(78,0) NOT NULL,

    CONSTRAINT "contested_use_pkey" PRIMARY KEY ("claim_id","index")
);

-- CreateTable
CREATE TABLE "chain"."refused_claim" (
    "tx" TEXT NOT NULL,
    "block_number" BIGINT NOT NULL,
    "tx_index" INTEGER NOT NULL,
    "from" TEXT NOT NULL,
    "function_name" TEXT NOT NULL,
    "error_name" TEXT NOT NULL,
    "error_args" JSONB NOT NULL,
    "account" TEXT,
    "license_id" DECIMAL(78,0),
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "refused_claim_pkey" PRIMARY KEY ("tx")
);

-- CreateTable
CREATE TABLE "chain"."verifier" (
    "verifier" TEXT NOT NULL,
    "stake" DECIMAL(78,0) NOT NULL,
    "encryption_key" TEXT NOT NULL,
    "leavable_at" TIMESTAMPTZ(3),

    CONSTRAINT "verifier_pkey" PRIMARY KEY ("verifier")
);

-- CreateTable
CREATE TABLE "chain"."batch" (
    "batch_id" TEXT NOT NULL,
    "verifier" TEXT NOT NULL,
    "ordinal" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "account" TEXT,
    "model_id" DECIMAL(78,0),
    "item_count" DECIMAL(78,0),
    "commit_tx" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "batch_pkey" PRIMARY KEY ("batch_id")
);

-- CreateTable
CREATE TABLE "chain"."cursor" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "chain_id" INTEGER NOT NULL,
    "model_registry" TEXT NOT NULL,
    "number" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cursor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "chain"."block" (
    "number" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "block_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "chain"."event" (
    "block_number" BIGINT NOT NULL,
    "log_index" INTEGER NOT NULL,
    "block_hash" TEXT NOT NULL,
    "tx" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "topic" TEXT,
    "args" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("block_number","log_index")
);

-- CreateTable
CREATE TABLE "chain"."undo" (
    "id" BIGSERIAL NOT NULL,
    "block_number" BIGINT NOT NULL,
    "table_name" TEXT NOT NULL,
    "keys" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "undo_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "chain"."license" (
    "license_id" BIGINT NOT NULL,
    "model_id" BIGINT NOT NULL,
    "account" TEXT NOT NULL,
    "vault" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "encryption_key" TEXT NOT NULL,
    "reserved" DECIMAL(78,0) NOT NULL,
    "edition_root" TEXT,
    "accept_tx" TEXT NOT NULL,
    "deliver_tx" TEXT,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "booked_count" INTEGER NOT NULL DEFAULT 0,
    "booked_total" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "distributed" DECIMAL(78,0) NOT NULL DEFAULT 0,

    CONSTRAINT "license_pkey" PRIMARY KEY ("license_id")
);

-- CreateTable
CREATE TABLE "chain"."booking" (
    "vault" TEXT NOT NULL,
    "payment_ref" TEXT NOT NULL,
    "license_id" BIGINT NOT NULL,
    "client" TEXT NOT NULL,
    "total" DECIMAL(78,0) NOT NULL,
    "booker" TEXT NOT NULL,
    "tx" TEXT NOT NULL,
    "block_number" BIGINT NOT NULL,
    "log_index" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "booking_pkey" PRIMARY KEY ("vault","payment_ref")
);

-- CreateTable
CREATE TABLE "chain"."distribution" (
    "block_number" BIGINT NOT NULL,
    "log_index" INTEGER NOT NULL,
    "license_id" BIGINT NOT NULL,
    "gross" DECIMAL(78,0) NOT NULL,
    "protocol_fee" DECIMAL(78,0) NOT NULL,
    "pool" DECIMAL(78,0) NOT NULL,
    "owner" DECIMAL(78,0) NOT NULL,
    "host" DECIMAL(78,0) NOT NULL,
    "owner_payee" TEXT NOT NULL,
    "host_payee" TEXT NOT NULL,
    "tx" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "distribution_pkey" PRIMARY KEY ("block_number","log_index")
);

-- CreateTable
CREATE TABLE "chain"."account" (
    "account" TEXT NOT NULL,
    "bond" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "contested" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "slashed" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "late_fees" DECIMAL(78,0) NOT NULL DEFAULT 0,

    CONSTRAINT "account_pkey" PRIMARY KEY ("account")
);

-- CreateTable
CREATE TABLE "chain"."signer" (
    "signer" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "bound_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "signer_pkey" PRIMARY KEY ("signer")
);

-- CreateTable
CREATE TABLE "chain"."code_book" (
    "commit_id" TEXT NOT NULL,
    "committer" TEXT NOT NULL,
    "root" TEXT NOT NULL,
    "poseidon_root" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "common_size" BIGINT NOT NULL,
    "bits" INTEGER NOT NULL,
    "beacon_block" DECIMAL(78,0) NOT NULL,
    "beacon" TEXT,
    "commit_tx" TEXT NOT NULL,
    "beacon_tx" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "code_book_pkey" PRIMARY KEY ("commit_id")
);

-- CreateTable
CREATE TABLE "chain"."terms" (
    "terms_id" TEXT NOT NULL,
    "floor_price" DECIMAL(78,0) NOT NULL,
    "min_bond" DECIMAL(78,0) NOT NULL,
    "owner_share_bps" INTEGER NOT NULL,
    "slash_bps" INTEGER NOT NULL,
    "mode" INTEGER NOT NULL,
    "uri" TEXT NOT NULL,

    CONSTRAINT "terms_pkey" PRIMARY KEY ("terms_id")
);

-- CreateTable
CREATE TABLE "chain"."model" (
    "model_id" BIGINT NOT NULL,
    "owner" TEXT NOT NULL,
    "agent" TEXT NOT NULL,
    "uri" TEXT NOT NULL,
    "commit_id" TEXT NOT NULL,
    "terms_id" TEXT NOT NULL,
    "weights_digest" TEXT NOT NULL,
    "control_panel_digest" TEXT NOT NULL,
    "parents" BIGINT[],
    "mint_tx" TEXT NOT NULL,
    "minted_at" TIMESTAMPTZ(3) NOT NULL,
    "host_count" INTEGER NOT NULL DEFAULT 0,
    "use_count" INTEGER NOT NULL DEFAULT 0,
    "revenue" DECIMAL(78,0) NOT NULL DEFAULT 0,

    CONSTRAINT "model_pkey" PRIMARY KEY ("model_id")
);

-- CreateIndex
CREATE INDEX "model_card_search_idx" ON "market"."model_card" USING GIN ("search");

-- CreateIndex
CREATE INDEX "model_card_kind_model_id_idx" ON "market"."model_card"("kind", "model_id");

-- CreateIndex
CREATE INDEX "model_card_next_attempt_at_idx" ON "market"."model_card"("next_attempt_at");

-- CreateIndex
CREATE INDEX "claim_account_claim_id_idx" ON "chain"."claim"("account", "claim_id");

-- CreateIndex
CREATE INDEX "claim_model_id_claim_id_idx" ON "chain"."claim"("model_id", "claim_id");

-- CreateIndex
CREATE INDEX "claim_claimant_claim_id_idx" ON "chain"."claim"("claimant", "claim_id");

-- CreateIndex
CREATE INDEX "claim_step_block_number_log_index_idx" ON "chain"."claim_step"("block_number", "log_index");

-- CreateIndex
CREATE INDEX "contested_use_payment_ref_idx" ON "chain"."contested_use"("payment_ref");

-- CreateIndex
CREATE INDEX "refused_claim_block_number_tx_index_idx" ON "chain"."refused_claim"("block_number", "tx_index");

-- CreateIndex
CREATE INDEX "refused_claim_account_block_number_tx_index_idx" ON "chain"."refused_claim"("account", "block_number", "tx_index");

-- CreateIndex
CREATE INDEX "batch_verifier_ordinal_idx" ON "chain"."batch"("verifier", "ordinal");

-- CreateIndex
CREATE INDEX "batch_at_idx" ON "chain"."batch"("at");

-- CreateIndex
CREATE INDEX "event_topic_name_idx" ON "chain"."event"("topic", "name");

-- CreateIndex
CREATE INDEX "undo_block_number_idx" ON "chain"."undo"("block_number");

-- CreateIndex
CREATE UNIQUE INDEX "license_vault_key" ON "chain"."license"("vault");

-- CreateIndex
CREATE INDEX "license_model_id_license_id_idx" ON "chain"."license"("model_id", "license_id");

-- CreateIndex
CREATE INDEX "license_account_license_id_idx" ON "chain"."license"("account", "license_id");

-- CreateIndex
CREATE INDEX "booking_block_number_log_index_idx" ON "chain"."booking"("block_number", "log_index");

-- CreateIndex
CREATE INDEX "booking_license_id_block_number_log_index_idx" ON "chain"."booking"("license_id", "block_number", "log_index");

-- CreateIndex
CREATE INDEX "booking_client_block_number_log_index_idx" ON "chain"."booking"("client", "block_number", "log_index");

-- CreateIndex
CREATE INDEX "distribution_license_id_block_number_log_index_idx" ON "chain"."distribution"("license_id", "block_number", "log_index");

-- CreateIndex
CREATE INDEX "signer_account_idx" ON "chain"."signer"("account");

-- CreateIndex
CREATE UNIQUE INDEX "model_commit_id_key" ON "chain"."model"("commit_id");

-- CreateIndex
CREATE INDEX "model_owner_model_id_idx" ON "chain"."model"("owner", "model_id");

-- AddForeignKey
ALTER TABLE "chain"."claim_step" ADD CONSTRAINT "claim_step_claim_id_fkey" FOREIGN KEY ("claim_id") REFERENCES "chain"."claim"("claim_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chain"."claim_step" ADD CONSTRAINT "claim_step_block_number_log_index_fkey" FOREIGN KEY ("block_number", "log_index") REFERENCES "chain"."event"("block_number", "log_index") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chain"."contested_use" ADD CONSTRAINT "contested_use_claim_id_fkey" FOREIGN KEY ("claim_id") REFERENCES "chain"."claim"("claim_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chain"."license" ADD CONSTRAINT "license_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "chain"."model"("model_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chain"."booking" ADD CONSTRAINT "booking_license_id_fkey" FOREIGN KEY ("license_id") REFERENCES "chain"."license"("license_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chain"."distribution" ADD CONSTRAINT "distribution_license_id_fkey" FOREIGN KEY ("license_id") REFERENCES "chain"."license"("license_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chain"."signer" ADD CONSTRAINT "signer_account_fkey" FOREIGN KEY ("account") REFERENCES "chain"."account"("account") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chain"."model" ADD CONSTRAINT "model_commit_id_fkey" FOREIGN KEY ("commit_id") REFERENCES "chain"."code_book"("commit_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chain"."model" ADD CONSTRAINT "model_terms_id_fkey" FOREIGN KEY ("terms_id") REFERENCES "chain"."terms"("terms_id") ON DELETE RESTRICT ON UPDATE CASCADE;

