import { isName } from '@oml/protocol/evidence/name';
import type { Database } from './client.ts';
import { fromAmount, storedAddress, storedId, toAddress, toAmount } from './columns.ts';
import type { Address } from 'viem';

/** How people call a model: its owner's word (a name of its own, else the address), and the name that points to it. */
export interface ModelAddress {
  owner: string;
  name: string;
}

interface Owned {
  modelId: bigint;
  owner: Address;
}

/** The addresses of models that have one: a name counts as long as its holder owns the model. */
export async function addressesOf(db: Database, models: readonly Owned[]): Promise<Map<bigint, ModelAddress>> {
  if (models.length === 0) return new Map();
  const pointing = await db.name.findMany({
    where: { modelId: { in: models.map(({ modelId }) => fromAmount(modelId)) }, holder: { not: null } },
    orderBy: { text: 'asc' },
    take: 1_000,
  });
  const ownerOf = new Map(models.map(({ modelId, owner }) => [modelId, owner]));
  const counting = pointing.filter(({ modelId, holder }) => ownerOf.get(toAmount(modelId)) === holder);
  const words = await wordsOf(db, [...new Set(counting.map(({ holder }) => toAddress(holder!)))]);
  // The first of the alphabet stays: Map keeps what is set last.
  return new Map(
    counting
      .toReversed()
      .map(({ modelId, holder, text }) => [toAmount(modelId), { owner: words.get(toAddress(holder!))!, name: text }]),
  );
}

/** Where the newest models are: by their registered names if they have them, else by their number. */
export async function listAddresses(db: Database, limit: number): Promise<(ModelAddress | bigint)[]> {
  const rows = await db.$queryRaw<{ modelId: bigint; owner: string; name: string | null }[]>`
    select m.model_id as "modelId", coalesce(own.text, m.owner) as owner, pointing.text as name
    from (select model_id, owner from chain.model where model_id not in (select site.hidden_models())
      order by model_id desc limit ${limit}) m
    left join lateral (
      select text from chain.name n where n.model_id = m.model_id and n.holder = m.owner order by text limit 1
    ) pointing on true
    left join lateral (
      select text from chain.name n where n.holder = m.owner and n.model_id = 0 order by text limit 1
    ) own on pointing.text is not null
    order by m.model_id desc`;
  return rows.map(({ modelId, owner, name }) => (name === null ? modelId : { owner, name }));
}

/** By what owners are called: the first of their names that points to no model, else their address. */
async function wordsOf(db: Database, owners: readonly Address[]): Promise<Map<Address, string>> {
  const names = await db.name.findMany({
    where: { holder: { in: [...owners] }, modelId: 0 },
    orderBy: { text: 'asc' },
    take: 1_000,
  });
  const own = new Map(names.toReversed().map(({ holder, text }) => [toAddress(holder!), text]));
  return new Map(owners.map((owner) => [owner, own.get(owner) ?? owner]));
}

/** The model of an address, whose owner may also be named by its hexadecimal address; undefined where there is none. */
export async function modelAt(db: Database, { owner, name }: ModelAddress): Promise<bigint | undefined> {
  if (!isName(name)) return undefined;
  const found = await db.name.findUnique({ where: { text: name } });
  const modelId = found && storedId(toAmount(found.modelId));
  if (!modelId || !found.holder) return undefined;
  const model = await db.model.findUnique({ where: { modelId }, select: { owner: true } });
  if (model?.owner !== found.holder) return undefined;
  return (await isCalled(db, toAddress(found.holder), owner)) ? modelId : undefined;
}

async function isCalled(db: Database, holder: Address, word: string): Promise<boolean> {
  if (!isName(word)) return storedAddress(word) === holder;
  const own = await db.name.findUnique({ where: { text: word } });
  return own?.holder === holder && toAmount(own.modelId) === 0n;
}
