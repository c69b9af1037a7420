-- Why the index does not go on, so that pages can say so.
ALTER TABLE "chain"."cursor" ADD COLUMN "doubt" TEXT;
