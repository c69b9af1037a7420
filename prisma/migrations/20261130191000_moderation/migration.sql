-- What operators of this site did about models: a public log. A model is taken down or not by its last entry.
CREATE TABLE "site"."moderation_entry" (
    "entry_id" BIGSERIAL NOT NULL,
    "model_id" BIGINT NOT NULL,
    "commit_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "operator" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3),

    CONSTRAINT "moderation_entry_pkey" PRIMARY KEY ("entry_id")
);
CREATE INDEX "moderation_entry_model_id_entry_id_idx" ON "site"."moderation_entry"("model_id", "entry_id");

-- What was said stays said, whoever writes to this database.
CREATE FUNCTION "site"."keep_entry"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'entries of the moderation log are never changed nor deleted';
END $$;
CREATE TRIGGER keep_entry BEFORE UPDATE OR DELETE ON "site"."moderation_entry"
  FOR EACH ROW EXECUTE FUNCTION site.keep_entry();
CREATE TRIGGER keep_entries BEFORE TRUNCATE ON "site"."moderation_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION site.keep_entry();

-- Models that are taken down now: in no list, no search, no sitemap, and without a demo.
CREATE FUNCTION "site"."hidden_models"() RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
  SELECT m.model_id FROM (
    SELECT DISTINCT ON (model_id, commit_id) model_id, commit_id, action, until FROM site.moderation_entry
    ORDER BY model_id, commit_id, entry_id DESC
  ) e JOIN chain.model m ON m.model_id = e.model_id AND m.commit_id = e.commit_id
  WHERE e.action = 'taken-down' AND (e.until IS NULL OR e.until > now())
$$;
