-- Lists of models link each by the name that points to it.
CREATE INDEX "name_model_id_text_idx" ON "chain"."name"("model_id", "text");
DROP INDEX "chain"."name_holder_idx";
CREATE INDEX "name_holder_text_idx" ON "chain"."name"("holder", "text");
