import { sql, type ColumnDefinitionBuilder, type Kysely } from 'kysely';

// The tables as they were first made; what became of them since stands in the migrations of `store.ts`.

export const needed = (column: ColumnDefinitionBuilder) => column.notNull();

export async function createPayments(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('payment')
    .ifNotExists()
    .addColumn('payment_ref', 'text', (column) => column.primaryKey())
    .addColumn('network', 'text', needed)
    .addColumn('asset', 'text', needed)
    .addColumn('client', 'text', needed)
    .addColumn('nonce', 'text', needed)
    .addColumn('vault', 'text', needed)
    .addColumn('value', 'text', needed)
    .addColumn('valid_after', 'text', needed)
    .addColumn('valid_before', 'text', needed)
    .addColumn('signature', 'text', needed)
    .addColumn('request_nonce', 'text', needed)
    .addColumn('request_hash', 'text', needed)
    .addColumn('state', 'text', (column) => column.notNull().check(sql`state in ('settling', 'settled')`))
    .addColumn('tx', 'text')
    .addColumn('created_at', 'bigint', needed)
    .addColumn('booked_at', 'bigint')
    .addColumn('contested_at', 'bigint')
    .addColumn('distributed_at', 'bigint')
    .addUniqueConstraint('payment_authorization', ['network', 'asset', 'client', 'nonce'])
    .addUniqueConstraint('payment_request', ['client', 'request_nonce'])
    .execute();
  await sql`create index if not exists payment_unbooked on payment (created_at) where booked_at is null`.execute(db);
}

export async function createAnswers(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('answer')
    .ifNotExists()
    .addColumn('payment_ref', 'text', (column) => column.primaryKey().references('payment.payment_ref'))
    .addColumn('receipt', 'text', needed)
    .addColumn('signature', 'text')
    .addColumn('outcome', 'bytea')
    .addColumn('created_at', 'bigint', needed)
    .execute();
}

export async function createChannels(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('channel')
    .addColumn('channel_id', 'text', (column) => column.primaryKey())
    .addColumn('config', 'text', needed)
    .addColumn('vault', 'text', needed)
    .addColumn('client', 'text', needed)
    .addColumn('charged', 'text', needed)
    .addColumn('signature', 'text')
    .addColumn('uncollected_since', 'bigint')
    .addColumn('booked', 'text', needed)
    .addColumn('seen', 'text')
    .addColumn('seen_block', 'bigint')
    .addColumn('seen_at', 'bigint')
    .addColumn('contested_at', 'bigint')
    .addColumn('distributed', 'text', needed)
    .addColumn('created_at', 'bigint', needed)
    .execute();
  await sql`create index channel_uncollected on channel (uncollected_since) where uncollected_since is not null`.execute(
    db,
  );
}

export async function createCharges(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('charge')
    .addColumn('use_ref', 'text', (column) => column.primaryKey())
    .addColumn('channel_id', 'text', (column) => column.notNull().references('channel.channel_id'))
    .addColumn('client', 'text', needed)
    .addColumn('amount', 'text', needed)
    .addColumn('cumulative', 'text', needed)
    .addColumn('signature', 'text', needed)
    .addColumn('request_nonce', 'text', needed)
    .addColumn('request_hash', 'text', needed)
    .addColumn('state', 'text', (column) => column.notNull().check(sql`state in ('open', 'answered')`))
    .addColumn('attempt', 'text', needed)
    .addColumn('holder', 'text', needed)
    .addColumn('open_until', 'bigint', needed)
    .addUniqueConstraint('charge_request', ['client', 'request_nonce'])
    .execute();
  await sql`create unique index charge_open on charge (channel_id) where state = 'open'`.execute(db);
}

export async function createAnswersOfUses(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('answer').renameTo('answer_of_payment').execute();
  await db.schema
    .createTable('answer')
    .addColumn('use_ref', 'text', (column) => column.primaryKey())
    .addColumn('receipt', 'text', needed)
    .addColumn('signature', 'text')
    .addColumn('outcome', 'bytea')
    .addColumn('digest', 'text')
    .addColumn('asked', 'bytea')
    .addColumn('created_at', 'bigint', needed)
    .execute();
  await sql`insert into answer (use_ref, receipt, signature, outcome, digest, asked, created_at)
    select payment_ref, receipt, signature, outcome, digest, asked, created_at from answer_of_payment`.execute(db);
  await db.schema.dropTable('answer_of_payment').execute();
  await db.schema.createIndex('answer_digest').on('answer').column('digest').execute();
}

export async function createContests(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('contest')
    .ifNotExists()
    .addColumn('claim_id', 'text', (column) => column.primaryKey())
    .addColumn('receipt', 'text', needed)
    .addColumn('claimant', 'text', needed)
    .addColumn('nonce_salt', 'text', needed)
    .addColumn('ended_at', 'bigint')
    .execute();
}

export async function createDisguises(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('disguise')
    .addColumn('claim_id', 'text', (column) => column.primaryKey())
    .addColumn('claimant', 'text', needed)
    .addColumn('batch', 'text', needed)
    .addColumn('answer_by', 'bigint', needed)
    .addColumn('looked', 'text')
    .addColumn('noted_at', 'bigint', needed)
    .addColumn('ended_at', 'bigint')
    .execute();
  await db.schema
    .createTable('hit')
    .addColumn('claim_id', 'text', (column) => column.notNull().references('disguise.claim_id'))
    .addColumn('position', 'integer', needed)
    .addColumn('digest', 'text', needed)
    .addPrimaryKeyConstraint('hit_position', ['claim_id', 'position'])
    .execute();
}
