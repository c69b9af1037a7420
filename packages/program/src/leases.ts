import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import { randomUUID } from 'node:crypto';
import type { ProgramStore, ProgramTables } from './run-tables.ts';
import { factsToJson } from './facts-json.ts';
import { readRun, writeLine, type RunRecord } from './runs.ts';
import type { StepResult } from './step-result.ts';

type AnyResult = StepResult<Record<string, unknown>, string>;

/** A SQLite file has one driver: what an earlier process of it held is held by this one. */
const OWNER_OF_FILE = 'the process that has the file open';

/**
 * Who works on which run. Replicas take runs by row locks that the others skip, hold them by a lease that they renew,
 * and write the end of a step only while they hold it: a run is in one hand, and a dead hand lets go.
 */
export class Leases {
  private readonly store: ProgramStore;
  private readonly leaseMs: number;
  private readonly owner: string;

  constructor(store: ProgramStore, leaseMs: number) {
    this.store = store;
    this.leaseMs = leaseMs;
    this.owner = store.dialect === 'sqlite' ? OWNER_OF_FILE : randomUUID();
  }

  /** Takes up to `limit` runs of these programs whose wait is over and that nobody else holds. */
  take(programs: readonly string[], limit: number, except: readonly string[]): Promise<RunRecord[]> {
    return this.store.transaction(async (db: Transaction<ProgramTables>) => {
      let due = this.free(db).where('program', 'in', programs).where('wait_until', '<=', this.now());
      if (except.length > 0) due = due.where('id', 'not in', except);
      const rows = await this.locked(due.orderBy('wait_until').orderBy('created_at').limit(limit)).execute();
      for (const { id } of rows) await this.hold(db, id);
      return rows.map(readRun);
    });
  }

  /** Takes this run, also while it waits; undefined where it has ended or another holds it. */
  takeOne(id: string): Promise<RunRecord | undefined> {
    return this.store.transaction(async (db: Transaction<ProgramTables>) => {
      const row = await this.locked(this.free(db).where('id', '=', id)).executeTakeFirst();
      if (row) await this.hold(db, id);
      return row && readRun(row);
    });
  }

  /** False where the run is no longer ours. */
  async renew(id: string): Promise<boolean> {
    return this.hold(this.store.db, id);
  }

  async release(id: string): Promise<void> {
    await this.store.db
      .updateTable('run')
      .set({ lease_owner: null, lease_until: 0 })
      .where('id', '=', id)
      .where('lease_owner', '=', this.owner)
      .execute();
  }

  /**
   * Ends a step in one transaction: what it found and sent, and where the run goes next, stand together or not at all.
   * Resolves to the run as it goes on; undefined where it does not, or is no longer ours.
   */
  apply(run: RunRecord, result: AnyResult): Promise<RunRecord | undefined> {
    return this.store.transaction(async (db: Transaction<ProgramTables>) => {
      const changed = await db
        .updateTable('run')
        .set(this.changes(run, result))
        .where('id', '=', run.id)
        .where('visit', '=', run.visit)
        .where('lease_owner', '=', this.owner)
        .returningAll()
        .executeTakeFirst();
      if (!changed) return undefined;
      if (result.to !== 'wait' || result.note !== undefined) await writeLine(db, run, result);
      for (const [name, value] of Object.entries(result.keys ?? {})) await writeKey(db, run.id, name, value);
      return result.to === 'next' ? readRun(changed) : undefined;
    });
  }

  /** By the database's clock where replicas share one. */
  private now(plusMs = 0): RawBuilder<number> {
    return this.store.dialect === 'postgres'
      ? sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint + ${plusMs}::bigint`
      : sql<number>`${Date.now() + plusMs}`;
  }

  private free(db: Transaction<ProgramTables>) {
    return db
      .selectFrom('run')
      .selectAll()
      .where('state', '=', 'running')
      .where(({ eb, or }) => or([eb('lease_until', '<=', this.now()), eb('lease_owner', '=', this.owner)]));
  }

  /** SQLite's transactions hold the whole file already. */
  private locked<Query extends { forUpdate(): Query; skipLocked(): Query }>(query: Query): Query {
    return this.store.dialect === 'postgres' ? query.forUpdate().skipLocked() : query;
  }

  /** Takes or renews. */
  private async hold(db: Kysely<ProgramTables>, id: string): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('run')
      .set({ lease_owner: this.owner, lease_until: this.now(this.leaseMs) })
      .where('id', '=', id)
      .where(({ eb, or }) => or([eb('lease_until', '<=', this.now()), eb('lease_owner', '=', this.owner)]))
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  private changes({ visit }: RunRecord, result: AnyResult) {
    const free = { lease_owner: null, lease_until: 0 };
    switch (result.to) {
      case 'wait':
        return { ...free, wait_until: this.now(result.ms) };
      case 'fail':
        return { ...free, state: 'failed' as const, error: JSON.stringify(result.failure) };
      case 'end':
        return { ...free, state: 'done' as const, outcome: result.outcome };
      case 'next': {
        const { step, facts } = result;
        return {
          step,
          facts: factsToJson(facts),
          step_since: Date.now(),
          visit: visit + 1,
          wait_until: 0,
          lease_until: this.now(this.leaseMs),
        };
      }
    }
  }
}

async function writeKey(db: Kysely<ProgramTables>, id: string, name: string, value: string): Promise<void> {
  await db
    .insertInto('run_key')
    .values({ run_id: id, name, value })
    .onConflict((conflict) => conflict.columns(['run_id', 'name']).doUpdateSet({ value }))
    .execute();
}
