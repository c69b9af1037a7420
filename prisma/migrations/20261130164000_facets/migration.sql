-- What lists of models are narrowed to: columns of the slim row, and all of them as words in one array, so that any
-- choice of several is one question to one index.
ALTER TABLE "market"."model_card" ADD COLUMN "task" TEXT, ADD COLUMN "license" TEXT,
  ADD COLUMN "languages" TEXT[], ADD COLUMN "context" INTEGER;
ALTER TABLE "market"."listing" ADD COLUMN "task" TEXT, ADD COLUMN "license" TEXT, ADD COLUMN "languages" TEXT[],
  ADD COLUMN "context" INTEGER, ADD COLUMN "has_demo" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "keys" INTEGER NOT NULL DEFAULT 0, ADD COLUMN "online" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "facets" TEXT[];

-- The classes are those of packages/db/src/facets.ts.
CREATE FUNCTION "market"."set_facets"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.facets := array_remove(ARRAY[
      'task:' || NEW.task,
      'license:' || NEW.license,
      CASE WHEN NEW.has_demo THEN 'demo:free' END,
      CASE WHEN NEW.online > 0 THEN 'hosts:online' END
    ], NULL)
    || ARRAY(SELECT 'language:' || l FROM unnest(NEW.languages) l)
    || ARRAY(SELECT 'context:' || c FROM unnest(ARRAY[128, 1024, 8192, 32768, 131072]) c WHERE NEW.context >= c)
    || ARRAY(SELECT 'price:' || p FROM unnest(ARRAY[500, 1000, 10000, 100000]) p WHERE NEW.price <= p)
    || ARRAY(SELECT 'keys:' || k FROM unnest(ARRAY[64, 128, 256, 512]) k WHERE NEW.keys >= k);
  RETURN NEW;
END $$;
CREATE TRIGGER set_facets BEFORE INSERT
  OR UPDATE OF "task", "license", "languages", "context", "has_demo", "price", "keys", "online", "facets"
  ON "market"."listing" FOR EACH ROW EXECUTE FUNCTION market.set_facets();

CREATE OR REPLACE FUNCTION "market"."list_model"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM market.listing WHERE model_id = OLD.model_id;
  ELSE
    INSERT INTO market.listing AS listed (model_id, price, keys, kind, task, license, languages, context, has_demo)
      SELECT NEW.model_id, (SELECT price FROM chain.terms WHERE terms_id = NEW.serve_terms_id),
        coalesce((SELECT size FROM chain.code_book WHERE commit_id = NEW.latest_commit_id), 0),
        c.kind, c.task, c.license, c.languages, c.context, coalesce(c.has_demo, false)
      FROM (SELECT 1) one LEFT JOIN market.model_card c ON c.model_id = NEW.model_id AND c.commit_id = NEW.commit_id
    ON CONFLICT (model_id) DO UPDATE SET price = excluded.price, keys = excluded.keys, kind = excluded.kind,
      task = excluded.task, license = excluded.license, languages = excluded.languages, context = excluded.context,
      has_demo = excluded.has_demo;
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER list_model ON "chain"."model";
CREATE TRIGGER list_model AFTER INSERT OR DELETE OR UPDATE OF "serve_terms_id", "commit_id", "latest_commit_id"
  ON "chain"."model" FOR EACH ROW EXECUTE FUNCTION market.list_model();

DROP TRIGGER list_kind ON "market"."model_card";
DROP FUNCTION "market"."list_kind"();
CREATE FUNCTION "market"."list_card"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE market.listing l SET kind = NEW.kind, task = NEW.task, license = NEW.license, languages = NEW.languages,
    context = NEW.context, has_demo = NEW.has_demo
  WHERE l.model_id = NEW.model_id
    AND (l.kind, l.task, l.license, l.languages, l.context, l.has_demo)
      IS DISTINCT FROM (NEW.kind, NEW.task, NEW.license, NEW.languages, NEW.context, NEW.has_demo);
  RETURN NULL;
END $$;
CREATE TRIGGER list_card AFTER INSERT OR UPDATE OF "kind", "task", "license", "languages", "context", "has_demo"
  ON "market"."model_card" FOR EACH ROW EXECUTE FUNCTION market.list_card();

UPDATE "market"."listing" l SET "keys" = b.size, "has_demo" = coalesce(c.has_demo, false)
  FROM "chain"."model" m JOIN "chain"."code_book" b ON b.commit_id = m.latest_commit_id
    LEFT JOIN "market"."model_card" c ON c.model_id = m.model_id AND c.commit_id = m.commit_id
  WHERE m.model_id = l.model_id;
-- What cards say in front was not kept: they are asked for once more.
UPDATE "market"."model_card" SET "next_attempt_at" = 'epoch' WHERE "name" IS NOT NULL;

CREATE INDEX "listing_facets_idx" ON "market"."listing" USING GIN ("facets");

-- Models that have all of these, `most` of them at the most, always by the index: what few have would else be looked for
-- in every row of an order.
CREATE FUNCTION "market"."with_facets"(wanted text[], most integer) RETURNS SETOF bigint LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_indexscan = off AS $$
BEGIN
  RETURN QUERY SELECT l.model_id FROM market.listing l WHERE l.facets @> wanted LIMIT most;
END $$;
