-- What one account did, whatever its role: claims that it brought, what the court refused it, its reports.
CREATE INDEX "claim_claimant_block_number_log_index_idx" ON "chain"."claim"("claimant", "block_number", "log_index");
CREATE INDEX "refused_claim_from_block_number_tx_index_idx" ON "chain"."refused_claim"("from", "block_number", "tx_index");
CREATE INDEX "report_reporter_report_id_idx" ON "chain"."report"("reporter", "report_id");
CREATE INDEX "report_accused_report_id_idx" ON "chain"."report"("accused", "report_id");
-- Names by their beginning.
CREATE INDEX "name_text_idx" ON "chain"."name" USING SPGIST ("text");
