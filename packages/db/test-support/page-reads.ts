import { listAccusations } from '../src/accusations.ts';
import { accountOf, endsOf } from '../src/accounts.ts';
import { listAncestors, listDescendants } from '../src/ancestors.ts';
import { listBatches } from '../src/batches.ts';
import { blameOf, blamesOfEditions } from '../src/blames.ts';
import { listBookings } from '../src/bookings.ts';
import { getClaim, listClaims } from '../src/claims.ts';
import type { Database } from '../src/client.ts';
import { indexStatus } from '../src/cursor.ts';
import { listDistributions } from '../src/distributions.ts';
import { endpointFiguresOf, endpointsOfModel } from '../src/endpoint-figures.ts';
import { listHosts } from '../src/hosts.ts';
import { getPool } from '../src/inspection-pools.ts';
import { getLicense, listLicenses } from '../src/licenses.ts';
import { counts, facetCounts, facets, hostsLately } from '../src/market.ts';
import { measurementsOfModel } from '../src/measurements.ts';
import { addressesOf, modelAt } from '../src/model-addresses.ts';
import { getModel, listModels } from '../src/models.ts';
import { findNames, getName, listNames, nameTextOf } from '../src/names.ts';
import { listPayouts } from '../src/payouts.ts';
import { recordOf } from '../src/records.ts';
import { getRefusedClaim, listRefusedClaims } from '../src/refused-claims.ts';
import { lookUpReceipt } from '../src/receipts.ts';
import { listReleases } from '../src/releases.ts';
import { getReport, listReports } from '../src/reports.ts';
import { noticesOf } from '../src/site/notices.ts';
import { budgetNotices } from '../src/site/notices/budgets.ts';
import { titleBondOf } from '../src/title-bonds.ts';
import { getVerifier, listVerifiers } from '../src/verifiers.ts';
import {
  BUSY_HOST as account,
  BUSY_VERIFIER as verifier,
  claimIdOf,
  refusedTxOf,
  accusedDigestOf,
  hitDigestOf,
  paymentRefOf,
} from './large-market.ts';

const [CLAIM, REFUSED] = [claimIdOf(7), refusedTxOf(7)];

type Read = (db: Database) => Promise<unknown>;

/** Lists of models: every order, filter and search. */
export const LIST_READS: Record<string, Read> = {
  'the newest models': (db) => listModels(db),
  'the newest models, deep down': (db) => listModels(db, { after: 5_000n }),
  'the cheapest models': (db) => listModels(db, { sort: 'price' }),
  'the cheapest models, deep down': (db) => listModels(db, { sort: 'price', after: 7_250n }),
  'trending models': (db) => listModels(db, { sort: 'trending' }),
  'trending models, deep down': (db) => listModels(db, { sort: 'trending', after: 7_250n }),
  'the rarer kind': (db) => listModels(db, { kind: 'classifier' }),
  'the rarer kind by price': (db) => listModels(db, { kind: 'classifier', sort: 'price' }),
  'the rarer kind by trend': (db) => listModels(db, { kind: 'classifier', sort: 'trending' }),
  'free demos': (db) => listModels(db, { facets: ['demo:free'] }),
  'free demos by price': (db) => listModels(db, { facets: ['demo:free'], sort: 'price' }),
  'what is cheap and reads much, by trend': (db) =>
    listModels(db, { facets: ['price:1000', 'context:8192'], sort: 'trending' }),
  'a rare language': (db) => listModels(db, { facets: ['language:eo', 'hosts:online'] }),
  'a rare language by price': (db) => listModels(db, { facets: ['language:eo'], sort: 'price' }),
  'a licence, deep down': (db) => listModels(db, { facets: ['license:mit'], after: 7_250n }),
  'a word of every card, of one licence': (db) => listModels(db, { search: 'fab', facets: ['license:mit'] }),
  'a rare word, of one licence': (db) => listModels(db, { search: 'zebrafish', facets: ['license:mit'] }),
  'a word of every card': (db) => listModels(db, { search: 'fab' }),
  'a word of every card by price': (db) => listModels(db, { search: 'fab', sort: 'price' }),
  'a rare word': (db) => listModels(db, { search: 'zebrafish' }),
  'a rare word by trend': (db) => listModels(db, { search: 'zebra', sort: 'trending' }),
  'a word of one kind': (db) => listModels(db, { search: 'digits', kind: 'classifier' }),
  'two words': (db) => listModels(db, { search: 'fable zebrafish' }),
  'a number': (db) => listModels(db, { search: '4242' }),
  'an owner': (db) => listModels(db, { search: '0x70997970c51812dc3a010c7d01b50e0d17dc79c8' }),
};

/** Searches that find nothing. */
export const VAIN_READS: Record<string, Read> = {
  'a word that none has': (db) => listModels(db, { search: 'quagga' }),
  'the beginning of a word that none has': (db) => listModels(db, { search: 'qu' }),
  'a word that none has, by price': (db) => listModels(db, { search: 'quagga', sort: 'price' }),
  'a word that none has, in a kind': (db) => listModels(db, { search: 'quagga', kind: 'language' }),
  'a word of the other kind': (db) => listModels(db, { search: 'zebrafish', kind: 'classifier' }),
  'a language of none': (db) => listModels(db, { facets: ['language:tlh'] }),
  'a language of none, by trend': (db) => listModels(db, { facets: ['language:tlh'], sort: 'trending' }),
  'a language of few, and keys of none': (db) => listModels(db, { facets: ['language:eo', 'keys:512'] }),
  'a word that none has, of one licence': (db) => listModels(db, { search: 'quagga', facets: ['license:mit'] }),
  'a frequent word and one that none has': (db) => listModels(db, { search: 'fable quagga' }),
};

/** Everything else that pages read. */
export const PAGE_READS: Record<string, Read> = {
  figures: counts,
  facets,
  'how all hosts stand': hostsLately,
  'words of facets': facetCounts,
  'the state of the index': indexStatus,
  'a model': (db) => getModel(db, 1n),
  releases: (db) => listReleases(db, 1n),
  ancestors: (db) => listAncestors(db, 2_000n),
  descendants: (db) => listDescendants(db, 1n),
  'hosts of a model of a thousand hosts': (db) => listLicenses(db, { modelId: 1n }),
  'what verifiers found of a thousand hosts': (db) => endpointsOfModel(db, 1n),
  'what verifiers found of a host': (db) => endpointFiguresOf(db, 1n),
  'hosts that serve it, the best first': (db) => listHosts(db, { modelId: 1n, part: 'serving' }),
  'hosts that do not, deep down': (db) => listHosts(db, { modelId: 1n, part: 'others', page: 15 }),
  'those that serve': (db) => listLicenses(db, { modelId: 1n, state: 'active' }),
  'how hosts ended': async (db) =>
    endsOf(
      db,
      (await listLicenses(db, { modelId: 1n })).map((license) => license.account),
    ),
  'licenses of a host': (db) => listLicenses(db, { account }),
  'a license': (db) => getLicense(db, 1n),
  'a host': (db) => accountOf(db, account),
  bookings: (db) => listBookings(db),
  'bookings of a license': (db) => listBookings(db, { licenseId: 3n }),
  'bookings of a payment': (db) => lookUpReceipt(db, paymentRefOf(70)),
  'a receipt by its digest': (db) => lookUpReceipt(db, accusedDigestOf(40_070)),
  'a hit by its digest': (db) => lookUpReceipt(db, hitDigestOf(40_070)),
  'a receipt that nobody knows': (db) => lookUpReceipt(db, `0x${'99'.repeat(32)}`),
  'bookings of a client': (db) => listBookings(db, { client: account }),
  distributions: (db) => listDistributions(db, { licenseId: 3n }),
  'payouts of a model of a thousand hosts': (db) => listPayouts(db, { modelId: 1n }),
  'payouts of a host': (db) => listPayouts(db, { account }),
  'payouts of a license': (db) => listPayouts(db, { licenseId: 3n }),
  'payouts to a payee': (db) => listPayouts(db, { payee: account }),
  'an inspection pool': (db) => getPool(db, 1n),
  'a title bond': (db) => titleBondOf(db, 1n),
  accusations: (db) => listAccusations(db),
  'accusations, deep down': (db) => listAccusations(db, { after: { blockNumber: 40n, kind: 'claim', index: 0 } }),
  'accusations over a model': (db) => listAccusations(db, { modelId: 1n }),
  claims: (db) => listClaims(db, { limit: 100 }),
  'claims against a host': (db) => listClaims(db, { account }),
  'claims by a verifier': (db) => listClaims(db, { claimant: verifier }),
  'claims over a model': (db) => listClaims(db, { modelId: 1n }),
  'a claim': (db) => getClaim(db, CLAIM),
  'a blame': (db) => blameOf(db, CLAIM),
  'blames of a model of a thousand hosts': (db) => blamesOfEditions(db, 1n),
  'refused claims': (db) => listRefusedClaims(db, { limit: 100 }),
  'refused claims against a host': (db) => listRefusedClaims(db, { account }),
  'refused claims of an accuser': (db) => listRefusedClaims(db, { from: verifier }),
  'record of a host': (db) => recordOf(db, account),
  'record of a verifier': (db) => recordOf(db, verifier),
  'refused claims over a model': (db) => listRefusedClaims(db, { modelId: 1n }),
  'a refused claim': (db) => getRefusedClaim(db, REFUSED),
  verifiers: (db) => listVerifiers(db),
  'a verifier': (db) => getVerifier(db, verifier),
  'measurements of a model': (db) => measurementsOfModel(db, 1n),
  'measurements of another model': (db) => measurementsOfModel(db, 4_242n),
  batches: (db) => listBatches(db),
  'batches of a verifier': (db) => listBatches(db, { verifier }),
  'batches on a model': (db) => listBatches(db, { modelId: 1n }),
  reports: (db) => listReports(db),
  'reports on a model': (db) => listReports(db, { modelId: 1n }),
  'reports of an account': (db) => listReports(db, { reporter: account }),
  'reports against an account': (db) => listReports(db, { accused: account }),
  'a report': (db) => getReport(db, 7n),
  names: (db) => listNames(db),
  'a name': (db) => getName(db, 'name-7'),
  'names by their beginning': (db) => findNames(db, 'name-7'),
  'the addresses of a page of models': (db) =>
    addressesOf(
      db,
      Array.from({ length: 24 }, (_, i) => ({ modelId: BigInt(i + 1), owner: account })),
    ),
  'the model of an address': (db) => modelAt(db, { owner: account, name: 'name-7' }),
  'notices of a host and a verifier': (db) => noticesOf(db, [account, verifier], new Date('2026-11-01T00:00:00Z')),
  'a budget': (db) => budgetNotices(db, [{ account, budget: 1n }], new Date('2026-11-01T00:00:00Z')),
  'the text of a name': (db) => nameTextOf(db, 'name7' as `0x${string}`),
};
