import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMigratedPostgres, type MigratedPostgres } from '../test-support/database.ts';
import { openDatabase, type Database, type Transaction } from './client.ts';
import { fromAmount } from './columns.ts';

let postgres: MigratedPostgres;
let db: Database;

beforeAll(async () => {
  postgres = await startMigratedPostgres();
  db = openDatabase(await postgres.create());
}, 600_000);
afterAll(async () => {
  await db?.$disconnect();
  await postgres.stop();
});

const at = new Date(1_700_000_000_123);
const name = (n: number): string => `0x${n}`;

type Change = { kind: 'bond' | 'sign' | 'revoke' | 'unsign' | 'stake'; who: number; amount: bigint };
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('bond', 'sign', 'revoke', 'unsign', 'stake'),
  who: fc.integer({ min: 0, max: 3 }),
  amount: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
});

async function apply(tx: Transaction, { kind, who, amount }: Change): Promise<void> {
  const account = name(who);
  const bond = fromAmount(amount);
  switch (kind) {
    case 'bond':
      return void (await tx.account.upsert({ where: { account }, create: { account, bond }, update: { bond } }));
    case 'sign':
      await tx.account.createMany({ data: [{ account }], skipDuplicates: true });
      return void (await tx.signer.createMany({
        data: [{ signer: `s${account}`, account, boundAt: at }],
        skipDuplicates: true,
      }));
    case 'revoke':
      return void (await tx.signer.updateMany({ where: { account }, data: { revokedAt: at } }));
    case 'unsign':
      return void (await tx.signer.deleteMany({ where: { account } }));
    case 'stake': {
      const now = {
        stake: bond,
        encryptionKey: `"quoted", {braces} \\ ${amount}`,
        leavableAt: amount % 2n === 0n ? null : at,
      };
      return void (await tx.verifier.upsert({
        where: { verifier: account },
        create: { verifier: account, ...now },
        update: now,
      }));
    }
  }
}

const snapshot = async () => ({
  accounts: await db.account.findMany({ orderBy: { account: 'asc' } }),
  signers: await db.signer.findMany({ orderBy: { signer: 'asc' } }),
  verifiers: await db.verifier.findMany({ orderBy: { verifier: 'asc' } }),
});

describe('chain.roll_back', { timeout: 600_000 }, () => {
  it('restores every row to what it was after the block it returns to', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(change, { maxLength: 5 }), { minLength: 1, maxLength: 6 }),
        fc.nat(),
        async (blocks, pick) => {
          await db.$executeRaw`select chain.wipe()`;
          const states = [await snapshot()];
          for (const [i, changes] of blocks.entries()) {
            await db.$transaction(async (tx) => {
              await tx.$executeRaw`select set_config('oml.block', ${String(i + 1)}, true)`;
              for (const step of changes) await apply(tx, step);
            });
            states.push(await snapshot());
          }
          const to = pick % states.length;
          await db.$executeRaw`select chain.roll_back(${BigInt(to)})`;
          expect(await snapshot()).toEqual(states[to]);
          expect(await db.rollBackEntry.count({ where: { blockNumber: { gt: BigInt(to) } } })).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keeps nothing of what changes outside a block', async () => {
    await db.$executeRaw`select chain.wipe()`;
    await apply(db, { kind: 'bond', who: 1, amount: 5n });
    expect(await db.rollBackEntry.count()).toBe(0);
  });
});
