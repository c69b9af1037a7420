import type { Database } from '../src/client.ts';
import { Prisma } from '../src/generated/prisma/client.ts';

export interface MarketSize {
  models: number;
  /** Of model 1. */
  hosts: number;
  bookings: number;
}

/** Whom reads of one account are about: it hosts model 1 too, and every fifth claim is against it. */
export const BUSY_HOST = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
/** Who claims most of the claims. */
export const BUSY_VERIFIER = '0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc';
/** Names of the seventh claim, and so on, as addresses of pages have them. */
export const claimIdOf = (i: number) => `0x${String(i).padStart(64, 'c')}` as const;
/** Of the payment of the seventh booking, of the seventh accused receipt and of the seventh hit. */
export const paymentRefOf = (i: number) => `0xb${String(i).padStart(63, '0')}` as const;
export const accusedDigestOf = (i: number) => `0x${String(i).padStart(64, 'a')}` as const;
export const hitDigestOf = (i: number) => `0x${String(i).padStart(64, 'e')}` as const;
export const refusedTxOf = (i: number) => `0x${String(i).padStart(64, 'd')}` as const;

/** Digits that an address begins with: without letters, its spelling is its checksum's. */
const ROLES = { owner: 1, host: 2, client: 3, verifier: 4, payee: 5, vault: 6, signer: 9 } as const;
/** SQL for an address and for 32 bytes, as long as real ones are, made of a number. */
const account = (role: keyof typeof ROLES, n: string) =>
  Prisma.raw(`'0x${ROLES[role]}' || lpad((${n})::text, 39, '0')`);
const hash = (n: string) => Prisma.raw(`'0xb' || lpad((${n})::text, 63, '0')`);

const DAY = '2026-11-01T00:00:00Z';

/** A market of any size in an empty, migrated database, by SQL alone; the same one every time. */
export async function seedMarket(db: Database, size: MarketSize): Promise<void> {
  await seedModels(db, size);
  await seedLicenses(db, size);
  await seedMoney(db, size);
  await seedClaims(db, size);
  await seedReports(db);
  await seedMeasurements(db);
  await db.$executeRaw`insert into chain.cursor (id, chain_id, model_registry, number, hash, at)
    values (1, 31337, '0x', 1000000, '0x', ${DAY}::timestamptz)`;
  await db.$executeRawUnsafe('vacuum analyze');
}

/** Every 50th is a classifier; a few speak Esperanto; half a thousand prices; model 1 has no price of its own. */
async function seedModels(db: Database, { models }: MarketSize): Promise<void> {
  await db.$executeRaw`insert into chain.terms select i, 0, 0, false, false, 4000, 5000, 0, 0, 86400, 100 * i, 1000, 0, 'terms'
    from generate_series(1, 500) i`;
  await db.$executeRaw`
    insert into chain.code_book (commit_id, committer, root, poseidon_root, size, common_size, bits, book_number, round, beacon, commit_tx, beacon_tx, at)
    select 'c' || i, ${account('owner', '0')}, ${hash('i')}, ${hash('i')}, 256, 64, 4, i, i, ${hash('i')}, ${hash('i')}, ${hash('i')}, ${DAY}::timestamptz from generate_series(1, ${models}) i`;
  await db.$executeRaw`
    insert into market.model_card (model_id, commit_id, name, kind, task, license, languages, context, card, has_demo, next_attempt_at)
    select i, 'c' || i, case when i % 50 = 0 then 'Digits ' else 'Fable number' end || i, case when i % 50 = 0 then 'classifier' else 'language' end,
      case when i % 50 = 0 then 'image-classification' else 'text-generation' end, case when i % 3 = 0 then 'mit' else 'apache-2.0' end,
      array['en'] || case when i % 4999 = 0 then array['eo'] else '{}' end, case when i % 50 <> 0 then 128 << (i % 8) end,
      '# A model' || case when i % 9973 = 42 then ' about zebrafish ' else ' ' end || repeat(md5((i % 5000)::text) || ' ', 30), i % 50 = 0, ${DAY}::timestamptz
    from generate_series(1, ${models}) i`;
  await db.$executeRaw`
    insert into chain.model (model_id, owner, agent, uri, commit_id, latest_commit_id, slash_bps, serve_terms_id, weights_digest, control_panel_digest, parents, mint_tx, minted_at, use_count, revenue)
    select i, ${account('owner', 'i % 5000')}, ${account('owner', '0')}, 'http://publisher', 'c' || i, 'c' || i, 5000, case when i % 17 <> 0 then 1 + i % 500 end, ${hash('i')}, ${hash('i')}, '{}', ${hash('i')},
      ${DAY}::timestamptz + i * interval '1 second', i % 100, i from generate_series(1, ${models}) i`;
  await db.$executeRaw`
    insert into chain.release (model_id, number, commit_id, weights_digest, control_panel_digest, release_tx, released_at)
    select i, 1, 'c' || i, ${hash('i')}, ${hash('i')}, ${hash('i')}, ${DAY}::timestamptz from generate_series(1, ${models}) i`;
  await db.$executeRaw`insert into chain.ancestor (model_id, ancestor_id, bps)
    select i, 1 + i % 1000, 10 from generate_series(1001, ${models}) i`;
}

/** One license for each model, and the hosts of model 1; every second one serves, the busy host has a hundred. */
async function seedLicenses(db: Database, { models, hosts }: MarketSize): Promise<void> {
  const licenses = models + hosts;
  await db.$executeRaw`
    insert into chain.license (license_id, model_id, account, vault, terms_id, kind, state, stage, endpoint, encryption_key, reserved, leak_bond, accept_tx, accepted_at)
    select i, case when i > ${models} then 1 else i end,
      case when i % (${licenses} / 100) = 0 or i = ${models} + 1 then ${BUSY_HOST} else ${account('host', `case when i > ${models} then i else i % 20000 end`)} end,
      ${account('vault', 'i')}, 1, 0, case when i % 2 = 0 then 'active' else 'closed' end, 'active', 'http://host', '0x', 1000, 0, ${hash('i')}, ${DAY}::timestamptz
    from generate_series(1, ${licenses}) i`;
  await db.$executeRaw`
    insert into market.endpoint_figures (license_id, verifier, model_id, endpoint, window_from, window_to, method, looks, up, answers)
    select license_id, ${BUSY_VERIFIER}, model_id, endpoint, ${DAY}::timestamptz, ${DAY}::timestamptz, 'looked', 288, 280, 12
    from chain.license`;
  await db.$executeRaw`insert into chain.account (account, bond) select distinct account, 5000 from chain.license`;
  await db.$executeRaw`insert into chain.signer (signer, account, bound_at) select ${account('signer', 'row_number() over ()')}, account, ${DAY}::timestamptz from chain.account`;
}

/** Bookings over ninety days, a tenth of them for model 1; what of them was split and paid out; their events. */
async function seedMoney(db: Database, { models, bookings }: MarketSize): Promise<void> {
  await db.$executeRaw`
    insert into chain.booking (vault, payment_ref, license_id, client, total, booker, tx, block_number, log_index, at)
    select ${account('vault', 'l')}, ${hash('i')}, l, ${account('client', 'i % 20000')}, 1000 + i % 500, ${account('client', '0')}, ${hash('i')}, i / 10, i % 10,
      ${DAY}::timestamptz - interval '90 days' * (1 - i::float8 / ${bookings}::int)
    from (select i, case when i % 10 = 0 then ${models} + 1 + i % 400 else 1 + i % ${models} end as l from generate_series(1, ${bookings}::int) i) x`;
  await db.$executeRaw`
    insert into chain.payer_day (model_id, client, day, uses, paid)
    select l.model_id, b.client, (b.at at time zone 'UTC')::date, count(*), sum(b.total)
    from chain.booking b join chain.license l on l.license_id = b.license_id group by 1, 2, 3`;
  await db.$executeRaw`
    insert into chain.event (block_number, log_index, block_hash, tx, address, name, topic, args, at)
    select block_number, log_index, '0x', tx, vault, 'Booked', payment_ref, jsonb_build_object('total', total), at from chain.booking`;
  await db.$executeRaw`
    insert into chain.distribution (block_number, log_index, license_id, gross, protocol_fee, pool, lineage, owner, host, tx, at)
    select block_number, log_index, license_id, total, 1, 1, 0, total / 2, total / 2, tx, at
    from chain.booking where log_index = 0`;
  await db.$executeRaw`
    insert into chain.payout (block_number, log_index, license_id, model_id, account, share, ancestor_id, payee, amount, refused, tx, at)
    select block_number, log_index, license_id, l.model_id, l.account, case when license_id % 100 = 0 then 'ancestor' else 'host' end,
      case when license_id % 100 = 0 then 1 end, ${account('payee', 'license_id % 5000')}, total, false, tx, at
    from chain.booking join chain.license l using (license_id) where log_index = 1`;
}

/** A claim and a refused one for each hundred models, each with its story; verifiers with batches. */
async function seedClaims(db: Database, { models }: MarketSize): Promise<void> {
  const count = Math.max(100, Math.trunc(models / 100));
  await db.$executeRaw`insert into chain.verifier (verifier, stake, encryption_key)
    select case when i = 1 then ${BUSY_VERIFIER} else ${account('verifier', 'i')} end, i, '0x' from generate_series(1, 300) i`;
  await db.$executeRaw`
    insert into chain.claim (claim_id, offence, state, claimant, account, model_id, license_id, bond, revealed_at, block_number, log_index)
    select '0x' || lpad(i::text, 64, 'c'), 'unpaid-use', case when i % 3 = 0 then 'slashed' else 'paid-late' end, case when i % 2 = 0 then ${BUSY_VERIFIER} else ${account('verifier', 'i % 300')} end,
      case when i % 5 = 0 then ${BUSY_HOST} else ${account('host', 'i % 5000')} end, case when i % 4 = 0 then 1 else i end, i, 1, ${DAY}::timestamptz, i, 0
    from generate_series(1, ${count}) i`;
  // Four receipts a claim, and one claim of thousands, so that few are a small part.
  await db.$executeRaw`
    insert into chain.contested_use (claim_id, index, vault, payment_ref, client, cumulative, digest)
    select '0x' || lpad((case when n < 40004 then 3 else n / 4 - 10000 end)::text, 64, 'c'), n, ${account('vault', 'n')},
      ${hash('case when n < 40004 then n + 1000000 else n - 40000 end')}, ${account('client', 'n')}, 1, '0x' || lpad((n + 1)::text, 64, 'a')
    from generate_series(0, 40003 + 4 * ${count}::int) n`;
  await db.$executeRaw`insert into chain.claim_hit (digest, claim_id)
    select '0x' || lpad((n + 1)::text, 64, 'e'), '0x' || lpad((case when n < 40004 then 3 else n / 4 - 10000 end)::text, 64, 'c')
    from generate_series(0, 40003 + 4 * ${count}::int) n`;
  await db.$executeRaw`insert into chain.claim_step (claim_id, block_number, log_index) select '0x' || lpad(i::text, 64, 'c'), i, n from generate_series(1, ${count}) i, generate_series(0, 3) n
    where exists (select 1 from chain.event where block_number = i and log_index = n)`;
  await db.$executeRaw`
    insert into chain.refused_claim (tx, block_number, tx_index, "from", function_name, error_name, error_args, account, license_id, model_id, at)
    select '0x' || lpad(i::text, 64, 'd'), i, 0, ${account('verifier', 'i % 300')}, 'revealUnpaidUse', 'ClaimCourt_AlreadyBooked', '{}', case when i % 5 = 0 then ${BUSY_HOST} else ${account('host', 'i % 5000')} end, i,
      case when i % 4 = 0 then 1 else i end, ${DAY}::timestamptz from generate_series(1, ${count}) i`;
  await db.$executeRaw`
    insert into chain.batch (batch_id, verifier, number, round, state, account, model_id, deposit, commit_tx, at)
    select ${hash('i')}, case when i % 2 = 0 then ${BUSY_VERIFIER} else ${account('verifier', '1 + i % 300')} end, i, i, 'opened', ${account('host', 'i % 5000')}, case when i % 4 = 0 then 1 else i end, 1, ${hash('i')},
      ${DAY}::timestamptz + i * interval '1 second' from generate_series(1, ${5 * count}) i`;
  await db.$executeRaw`insert into chain.blame (blame_id, claim_id, state, payer, deposit, committee_id, license_ids, hits)
    select i, '0x' || lpad(i::text, 64, 'c'), 'closed', ${account('host', 'i')}, 1, i, array[i, i + 1]::numeric[], array[1, 1] from generate_series(1, ${count}) i`;
}

/** A measurement of each release; the first model's was measured often. */
async function seedMeasurements(db: Database): Promise<void> {
  const document = {
    format: 'oml-measurement-1',
    method: { name: 'calibration', version: 1 },
    release: `0x${'a1'.repeat(32)}`,
    target: 'file',
    data: { name: 'heldout', digest: `0x${'b2'.repeat(32)}` },
    settings: {},
    figures: [{ name: 'ece', value: 0.1, low: 0, high: 1 }],
    command: 'npx oml measure calibration',
    measuredAt: 1,
  };
  await db.$executeRaw`
    insert into chain.measurement (digest, release, method, version, data_digest, by, measured_at, anchored_at, tx, document)
    select ${hash('row_number() over ()')}, weights_digest, 'calibration', 1, ${hash('model_id')}, case when model_id % 2 = 0 then ${BUSY_VERIFIER} else ${account('owner', 'model_id % 5000')} end,
      ${DAY}::timestamptz, ${DAY}::timestamptz, ${hash('model_id')}, ${document}::jsonb
    from chain.release, generate_series(1, case when model_id = 1 then 500 else 1 end)`;
}

async function seedReports(db: Database): Promise<void> {
  await db.$executeRaw`insert into chain.name (name_id, text, holder, model_id, deposit, registered_at)
    select 'name' || i, 'name-' || i, ${account('owner', 'i % 5000')}, case when i % 2 = 0 then i else 0 end, 1, ${DAY}::timestamptz from generate_series(1, 2000) i`;
  await db.$executeRaw`insert into chain.committee (committee_id, court, case_id, state, draw, round, jurors, votes)
    select i, ${account('owner', '0')}, i, 'counted', 1, 1, '{}', '{}' from generate_series(1, 2000) i`;
  await db.$executeRaw`insert into chain.report (report_id, kind, state, outcome, reporter, model_id, name_id, bond, committee_id, filed_at)
    select i, 'leak', 'closed', 'upheld', ${account('verifier', 'i % 300')}, i, 'name' || i, 1, i, ${DAY}::timestamptz from generate_series(1, 2000) i`;
}
