-- What people told this site: who is signed in, what they want to be told, and what was sent. Nothing of it is on chain,
-- and no wipe of the chain schema touches it.
CREATE SCHEMA IF NOT EXISTS "site";

CREATE TABLE "site"."key" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "key" BYTEA NOT NULL,

    CONSTRAINT "key_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "site"."session" (
    "token_hash" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("token_hash")
);
CREATE INDEX "session_ends_at_idx" ON "site"."session"("ends_at");

CREATE TABLE "site"."spent_nonce" (
    "nonce" TEXT NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "spent_nonce_pkey" PRIMARY KEY ("nonce")
);
CREATE INDEX "spent_nonce_ends_at_idx" ON "site"."spent_nonce"("ends_at");

CREATE TABLE "site"."subscription" (
    "subscription_id" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "secret" TEXT,
    "link_token" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "budget" DECIMAL(78,0),
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "stopped_at" TIMESTAMPTZ(3),

    CONSTRAINT "subscription_pkey" PRIMARY KEY ("subscription_id")
);
CREATE UNIQUE INDEX "subscription_link_token_key" ON "site"."subscription"("link_token");
CREATE UNIQUE INDEX "subscription_account_channel_target_key" ON "site"."subscription"("account", "channel", "target");
CREATE INDEX "subscription_asked_at_idx" ON "site"."subscription"("asked_at");

CREATE TABLE "site"."delivery" (
    "subscription_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "notice" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "seen_block" BIGINT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "taken_by" TEXT,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("subscription_id", "key"),
    CONSTRAINT "delivery_subscription_id_fkey" FOREIGN KEY ("subscription_id")
      REFERENCES "site"."subscription"("subscription_id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "delivery_state_due_at_idx" ON "site"."delivery"("state", "due_at");

CREATE TABLE "site"."asked" (
    "id" BIGSERIAL NOT NULL,
    "mark" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "asked_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "asked_mark_at_idx" ON "site"."asked"("mark", "at");
CREATE INDEX "asked_at_idx" ON "site"."asked"("at");

-- Notices ask for the last weeks of one payee, and for the month of one client.
CREATE INDEX "payout_payee_at_idx" ON "chain"."payout"("payee", "at");
CREATE INDEX "payer_day_client_day_idx" ON "chain"."payer_day"("client", "day");
