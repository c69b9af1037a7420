-- Full-text search over names and cards. The query in packages/db/src/models.ts repeats this expression word for word.
CREATE INDEX "model_card_search_idx" ON "market"."model_card"
  USING gin (to_tsvector('simple', coalesce("name", '') || ' ' || left(coalesce("card", ''), 20000)));
