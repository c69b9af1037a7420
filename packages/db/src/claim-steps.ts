import type { Hex } from 'viem';
import type { Prisma } from './generated/prisma/client.ts';
import type { Transaction } from './client.ts';
import { toHex, toTexts } from './columns.ts';
import type { CourtEvent, Named, VaultEvent } from './events.ts';

/** One step of a claim, oldest first; `name` is the contract's event name. */
export interface ClaimEventRow {
  name: string;
  tx: Hex;
  blockNumber: bigint;
  at: Date;
  args: Record<string, string>;
}

/** Adds an event of the court to its claim's story, with the anchors, the commitment and the batch that came before. */
export async function addSteps(tx: Transaction, event: CourtEvent & { args: { claimId: Hex } }): Promise<void> {
  const { claimId } = event.args;
  const earlier = event.earlier?.length ? await earlierEvents(tx, claimId, event.earlier) : [];
  const data = [...earlier, event].map(({ blockNumber, logIndex }) => ({ claimId, blockNumber, logIndex }));
  await tx.claimStep.createMany({ data, skipDuplicates: true });
}

/** A booking of a contested use is a step of every claim that contests it, or suspends a license until it is booked. */
export async function addBookingSteps(
  tx: Transaction,
  { args, address: vault, blockNumber, logIndex }: Named<VaultEvent, 'Booked'>,
): Promise<void> {
  const contested = await tx.contestedUse.findMany({
    where: {
      paymentRef: args.paymentRef,
      client: args.client,
      vault,
      claim: { OR: [{ state: 'contested' }, { state: 'slashed', curedAt: null }] },
    },
  });
  const claims = [...new Set(contested.map(({ claimId }) => claimId))];
  await tx.claimStep.createMany({ data: claims.map((claimId) => ({ claimId, blockNumber, logIndex })) });
}

async function earlierEvents(
  tx: Transaction,
  claimId: string,
  topics: Hex[],
): Promise<{ blockNumber: bigint; logIndex: number }[]> {
  const { claimant } = await tx.claim.findUniqueOrThrow({ where: { claimId } });
  const events = await tx.event.findMany({
    where: {
      topic: { in: topics },
      name: { in: ['ReceiptsAnchored', 'ClaimCommitted', 'BatchCommitted'] },
    },
  });
  // Anyone may copy a commitment; only the claimant's own counts.
  return events.filter(
    ({ name, args }) => name !== 'ClaimCommitted' || (args as { claimant?: string }).claimant === claimant,
  );
}

/** A stored event as a step of a claim's timeline. */
export function toClaimEventRow(event: Prisma.EventGetPayload<object>): ClaimEventRow {
  return {
    name: event.name,
    tx: toHex(event.tx),
    blockNumber: event.blockNumber,
    at: event.at,
    args: toTexts(flat(event.args)),
  };
}

/** What stands in a struct of the event reads like an argument of its own. */
const flat = (args: Prisma.JsonValue): Prisma.JsonObject => {
  const { use, ending, ...rest } = args as Prisma.JsonObject;
  return { ...rest, ...(use as Prisma.JsonObject), ...(ending as Prisma.JsonObject) };
};
