-- A vault books per payment and client, and no booking is of a kind any more.
-- The chain schema is read again from the deployment's first block.
SELECT chain.wipe();

ALTER TABLE "chain"."booking" DROP CONSTRAINT "booking_pkey",
DROP COLUMN "kind",
ADD CONSTRAINT "booking_pkey" PRIMARY KEY ("vault", "payment_ref", "client");

SELECT chain.add_roll_back_triggers();
