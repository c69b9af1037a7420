import 'server-only';
import { accountOf } from '@oml/db/accounts';
import { getClaim } from '@oml/db/claims';
import type { Database } from '@oml/db/client';
import { listModels } from '@oml/db/models';
import { findNames } from '@oml/db/names';
import { getRefusedClaim } from '@oml/db/refused-claims';
import { claimName } from '#claim/claim-words.ts';
import { modelName, taskWords } from '#model/model-words.ts';
import { searchDocs, type SearchedDoc } from '#search/search-docs.ts';
import { LONGEST_QUESTION, type SearchAnswer, type SearchGroup, type SearchHit } from '#search/shown-search.ts';
import { shortHex } from '@oml/ui/short-hex';
import { listDocs, readDoc } from './docs.ts';
import { readIndex } from './index-reader.ts';
import { readAccount, readHash } from './read-id.ts';
import type { ListedModel } from '#model/shown-model.ts';
import { showAll } from './read-models.ts';

const MOST = 6;
const holder = globalThis as { omlSearchedDocs?: Promise<SearchedDoc[]> };

/** Everything that a question may mean: models, names, accounts, claims, transactions, pages of the docs. */
export async function readSearch(question: string): Promise<SearchAnswer> {
  const q = question.trim().slice(0, LONGEST_QUESTION);
  if (q === '') return { groups: [], isPartial: false };
  const [index, docs] = await Promise.all([readIndex((db) => fromIndex(db, q)), fromDocs(q)]);
  const groups = [...(index?.data ?? []), { title: 'Docs', hits: docs }];
  return { groups: groups.filter(({ hits }) => hits.length > 0), isPartial: index === undefined };
}

async function fromIndex(db: Database, q: string): Promise<SearchGroup[]> {
  const [hash, account] = [readHash(q), readAccount(q)];
  if (hash) return [{ title: 'On chain', hits: await hashHits(db, hash) }];
  const [models, names, accounts] = await Promise.all([
    listModels(db, { search: q, limit: MOST }),
    findNames(db, q.toLowerCase(), MOST),
    account ? accountHits(db, account) : [],
  ]);
  return [
    { title: 'Accounts', hits: accounts },
    { title: 'Models', hits: (await showAll(db, models)).map(modelHit) },
    {
      title: 'Names',
      hits: names.map(({ text, holder: of }) => ({
        href: `/names/${text}`,
        title: text,
        note: `held by ${shortHex(of ?? '')}`,
      })),
    },
  ];
}

const modelHit = (model: ListedModel): SearchHit => ({
  href: model.address,
  title: modelName(model),
  note: taskWords(model) ?? '',
});

async function accountHits(db: Database, account: `0x${string}`): Promise<SearchHit[]> {
  const host = await accountOf(db, account);
  return [
    { href: `/@${account}`, title: shortHex(account), note: host ? 'a host, and what else it is' : 'its profile' },
  ];
}

/** 32 bytes may name a claim, a claim that was refused, or any transaction. */
async function hashHits(db: Database, hash: `0x${string}`): Promise<SearchHit[]> {
  const [claim, refused] = await Promise.all([getClaim(db, hash), getRefusedClaim(db, hash)]);
  return [
    ...(claim ? [{ href: `/claims/${hash}`, title: claimName(claim), note: claim.state }] : []),
    ...(refused ? [{ href: `/claims/refused/${hash}`, title: 'Refused claim', note: refused.errorName }] : []),
    ...(claim ? [] : [{ href: `/tx/${hash}`, title: 'Transaction', note: shortHex(hash) }]),
  ];
}

async function fromDocs(q: string): Promise<SearchHit[]> {
  holder.omlSearchedDocs ??= listDocs().then((docs) =>
    Promise.all(docs.map(async (doc) => ({ ...doc, text: (await readDoc(doc.path))?.text ?? '' }))),
  );
  return searchDocs(await holder.omlSearchedDocs, q, MOST);
}
