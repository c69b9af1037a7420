-- What lists of models are filtered and sorted by, one slim row a model, so that each order is an index. PostgreSQL
-- keeps it itself, whoever changes a model or its card, and when a reorg rolls a model back.
CREATE TABLE "market"."listing" (
    "model_id" BIGINT NOT NULL,
    "kind" TEXT,
    "price" DECIMAL(78,0),
    "trending" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "payers" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "listing_pkey" PRIMARY KEY ("model_id")
);
CREATE INDEX "listing_kind_model_id_idx" ON "market"."listing"("kind", "model_id");
CREATE INDEX "listing_price_model_id_idx" ON "market"."listing"("price", "model_id");
CREATE INDEX "listing_kind_price_model_id_idx" ON "market"."listing"("kind", "price", "model_id");
CREATE INDEX "listing_trending_model_id_idx" ON "market"."listing"("trending", "model_id");
CREATE INDEX "listing_kind_trending_model_id_idx" ON "market"."listing"("kind", "trending", "model_id");

-- Counts that pages show, worked out now and then.
CREATE TABLE "market"."figure" (
    "name" TEXT NOT NULL,
    "value" DECIMAL(78,0) NOT NULL,
    "counted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "figure_pkey" PRIMARY KEY ("name")
);

-- Who paid for a model's uses on which day, but its owner and the hosts themselves.
CREATE TABLE "chain"."payer_day" (
    "model_id" BIGINT NOT NULL,
    "client" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "paid" DECIMAL(78,0) NOT NULL DEFAULT 0,

    CONSTRAINT "payer_day_pkey" PRIMARY KEY ("model_id", "client", "day")
);
CREATE INDEX "payer_day_day_idx" ON "chain"."payer_day"("day");

INSERT INTO "chain"."payer_day" ("model_id", "client", "day", "uses", "paid")
  SELECT l.model_id, b.client, (b.at AT TIME ZONE 'UTC')::date, count(*), sum(b.total)
  FROM "chain"."booking" b JOIN "chain"."license" l ON l.license_id = b.license_id
    JOIN "chain"."model" m ON m.model_id = l.model_id
  WHERE b.client <> l.account AND b.client <> m.owner
  GROUP BY 1, 2, 3;

-- Whose payouts they are stands in them: through the licenses, those of a model of a thousand hosts had to be read whole.
ALTER TABLE "chain"."payout" ADD COLUMN "model_id" BIGINT, ADD COLUMN "account" TEXT;
UPDATE "chain"."payout" p SET "model_id" = l.model_id, "account" = l.account
  FROM "chain"."license" l WHERE l.license_id = p.license_id;
ALTER TABLE "chain"."payout" ALTER COLUMN "model_id" SET NOT NULL, ALTER COLUMN "account" SET NOT NULL;
CREATE INDEX "payout_model_id_block_number_log_index_idx" ON "chain"."payout"("model_id", "block_number", "log_index");
CREATE INDEX "payout_account_block_number_log_index_idx" ON "chain"."payout"("account", "block_number", "log_index");

-- Every page's read has an index and a bound.
CREATE INDEX "license_model_id_state_license_id_idx" ON "chain"."license"("model_id", "state", "license_id");
CREATE INDEX "license_state_account_idx" ON "chain"."license"("state", "account");
CREATE INDEX "batch_verifier_at_number_idx" ON "chain"."batch"("verifier", "at", "number");
CREATE INDEX "batch_model_id_at_number_idx" ON "chain"."batch"("model_id", "at", "number");
CREATE INDEX "batch_verifier_state_idx" ON "chain"."batch"("verifier", "state");
DROP INDEX "chain"."batch_verifier_number_idx";
DROP INDEX "chain"."batch_model_id_number_idx";
DROP INDEX "chain"."batch_at_idx";
CREATE INDEX "batch_at_number_idx" ON "chain"."batch"("at", "number");
DROP INDEX "chain"."claim_claimant_idx";
CREATE INDEX "claim_claimant_state_idx" ON "chain"."claim"("claimant", "state");
CREATE INDEX "claim_account_state_idx" ON "chain"."claim"("account", "state");
CREATE INDEX "verifier_stake_verifier_idx" ON "chain"."verifier"("stake", "verifier");
CREATE INDEX "blame_license_ids_idx" ON "chain"."blame" USING GIN ("license_ids");
CREATE INDEX "refused_claim_account_error_name_idx" ON "chain"."refused_claim"("account", "error_name");

CREATE FUNCTION "market"."list_model"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM market.listing WHERE model_id = OLD.model_id;
  ELSE
    INSERT INTO market.listing AS listed (model_id, kind, price) VALUES (
      NEW.model_id,
      (SELECT kind FROM market.model_card WHERE model_id = NEW.model_id AND commit_id = NEW.commit_id),
      (SELECT price FROM chain.terms WHERE terms_id = NEW.serve_terms_id))
    ON CONFLICT (model_id) DO UPDATE SET price = excluded.price, kind = excluded.kind;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER list_model AFTER INSERT OR DELETE OR UPDATE OF "serve_terms_id", "commit_id" ON "chain"."model"
  FOR EACH ROW EXECUTE FUNCTION market.list_model();

CREATE FUNCTION "market"."list_kind"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE market.listing SET kind = NEW.kind WHERE model_id = NEW.model_id AND kind IS DISTINCT FROM NEW.kind;
  RETURN NULL;
END $$;
CREATE TRIGGER list_kind AFTER INSERT OR UPDATE OF "kind" ON "market"."model_card"
  FOR EACH ROW EXECUTE FUNCTION market.list_kind();

CREATE FUNCTION "market"."unlist_all"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE market.listing, market.figure;
  RETURN NULL;
END $$;
CREATE TRIGGER unlist_all AFTER TRUNCATE ON "chain"."model" FOR EACH STATEMENT EXECUTE FUNCTION market.unlist_all();

INSERT INTO "market"."listing" ("model_id", "kind", "price")
  SELECT m.model_id, c.kind, t.price FROM "chain"."model" m
    LEFT JOIN "market"."model_card" c ON c.model_id = m.model_id AND c.commit_id = m.commit_id
    LEFT JOIN "chain"."terms" t ON t.terms_id = m.serve_terms_id;

-- The kind is a word of its own ('=language') among the words of the card, which are letters and digits only: a search
-- within a kind asks the index once.
CREATE OR REPLACE FUNCTION "market"."set_search"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.search := to_tsvector('simple', coalesce(NEW.name, '') || ' ' || left(coalesce(NEW.card, ''), 20000))
    || array_to_tsvector(array_remove(ARRAY['=' || NEW.kind], NULL));
  RETURN NEW;
END $$;
DROP TRIGGER set_search ON "market"."model_card";
CREATE TRIGGER set_search BEFORE INSERT OR UPDATE OF "name", "kind", "card", "search" ON "market"."model_card"
  FOR EACH ROW EXECUTE FUNCTION market.set_search();
UPDATE "market"."model_card" SET "search" = NULL WHERE "name" IS NOT NULL;

-- Models whose words match, `most` of them at the most, always by the index: the planner guesses that a beginning of a
-- word which no card has stands in many, and would read every card to find none.
CREATE FUNCTION "market"."matching"(query tsquery, most integer) RETURNS SETOF bigint LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_indexscan = off AS $$
BEGIN
  RETURN QUERY SELECT c.model_id FROM market.model_card c WHERE c.search @@ query LIMIT most;
END $$;

SELECT chain.add_roll_back_triggers();
