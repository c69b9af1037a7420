-- PostgreSQL itself keeps the words of name and card in a column: reading a stored word list is so cheap that a common
-- word is found by walking models newest first, a rare one by the index. (A trigger, since Prisma's schema has no word
-- for generated columns.)
CREATE FUNCTION "market"."set_search"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.search := to_tsvector('simple', coalesce(NEW.name, '') || ' ' || left(coalesce(NEW.card, ''), 20000));
  RETURN NEW;
END $$;

CREATE TRIGGER set_search BEFORE INSERT OR UPDATE OF "name", "card", "search" ON "market"."model_card"
  FOR EACH ROW EXECUTE FUNCTION market.set_search();
