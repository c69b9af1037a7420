import { OmlError } from '@oml/protocol/error';
import { randomUUID } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import type { AnyProgram, OutcomeOf, StepsOf, SubjectOf } from './define-program.ts';
import { factsFromJson, factsToJson } from './facts-json.ts';
import type { ProgramStore, ProgramTables } from './run-tables.ts';
import type { Failure } from './step-result.ts';

/** A run as the store knows it. */
export interface RunRecord<Steps extends object = Record<string, unknown>, Subject = unknown, Outcome = string> {
  id: string;
  program: string;
  subject: Subject;
  state: 'running' | 'done' | 'failed';
  /** The step in progress, or the one that ended the run, and its facts. */
  at: { [Name in keyof Steps & string]: { step: Name; facts: Steps[Name] } }[keyof Steps & string];
  /** Which visit of a step this is, and since when it is tried (Unix ms). */
  visit: number;
  stepSince: number;
  outcome: Outcome | null;
  error: Failure | null;
  createdAt: number;
}

/** A run of this program, or of one of these, with its own types. */
export type RunOf<P> = P extends unknown ? RunRecord<StepsOf<P>, SubjectOf<P>, OutcomeOf<P>> : never;

/** A line of a run's log: one visit of a step. */
export interface StepLine {
  step: string;
  beganAt: number;
  /** Last written. */
  at: number;
  tx: `0x${string}` | null;
  note: string | null;
}

/** Runs in a store; the driver moves them, everybody may look. */
export class Runs {
  private readonly db: Kysely<ProgramTables>;

  constructor({ db }: ProgramStore) {
    this.db = db;
  }

  /** Adds a run; one with that id, in whatever state, is left alone. Resolves to its id. */
  async add<P extends AnyProgram<never>>(
    program: P,
    subject: SubjectOf<P>,
    id: string = randomUUID(),
  ): Promise<string> {
    const now = Date.now();
    const { step, facts } = program.first as { step: string; facts: unknown };
    const row = {
      id,
      program: program.name,
      subject: factsToJson(subject),
      state: 'running' as const,
      step,
      visit: 1,
      step_since: now,
      facts: factsToJson(facts),
      wait_until: 0,
      lease_until: 0,
      created_at: now,
    };
    await this.db
      .insertInto('run')
      .values({ ...row, outcome: null, error: null, lease_owner: null })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return id;
  }

  /** Lets a failed run go on at the step that it failed at; any other is left alone. */
  async resume(id: string): Promise<void> {
    await this.db
      .updateTable('run')
      .set(({ eb }) => ({
        state: 'running',
        error: null,
        wait_until: 0,
        step_since: Date.now(),
        visit: eb('visit', '+', 1),
      }))
      .where('id', '=', id)
      .where('state', '=', 'failed')
      .execute();
  }

  /** The run of this program with that id. Throws NOT_FOUND. */
  async get<P extends AnyProgram<never>>(program: P, id: string): Promise<RunOf<P>> {
    const run = await this.find(program, id);
    if (!run) throw new OmlError('NOT_FOUND', `There is no run ${id}.`);
    return run;
  }

  async find<P extends AnyProgram<never>>({ name }: P, id: string): Promise<RunOf<P> | undefined> {
    const row = await this.select().where('id', '=', id).where('program', '=', name).executeTakeFirst();
    return row && (readRun(row) as unknown as RunOf<P>);
  }

  /** A run of whatever program. */
  async findAny(id: string): Promise<RunRecord | undefined> {
    const row = await this.select().where('id', '=', id).executeTakeFirst();
    return row && readRun(row);
  }

  /** The run that said this key of itself. */
  async findByKey<P extends AnyProgram<never>>(program: P, name: string, value: string): Promise<RunOf<P> | undefined> {
    const row = await this.select()
      .innerJoin('run_key', 'run_key.run_id', 'run.id')
      .where('run_key.name', '=', name)
      .where('run_key.value', '=', value)
      .where('program', '=', program.name)
      .executeTakeFirst();
    return row && (readRun(row) as unknown as RunOf<P>);
  }

  /** Runs of any of these programs, newest first. */
  async list<P extends AnyProgram<never>>(
    programs: readonly P[],
    { state, limit = 100 }: { state?: RunRecord['state']; limit?: number } = {},
  ): Promise<RunOf<P>[]> {
    const names = programs.map(({ name }) => name);
    const all = this.select().where('program', 'in', names).orderBy('created_at', 'desc').orderBy('id').limit(limit);
    const rows = await (state ? all.where('state', '=', state) : all).execute();
    return rows.map((row) => readRun(row) as unknown as RunOf<P>);
  }

  /** Does a run about the same subject still go on? */
  async isRunning<P extends AnyProgram<never>>({ name }: P, subject: SubjectOf<P>): Promise<boolean> {
    const row = await this.select()
      .where('program', '=', name)
      .where('state', '=', 'running')
      .where('subject', '=', factsToJson(subject))
      .executeTakeFirst();
    return row !== undefined;
  }

  /** What the runs said they can be looked up by. */
  async keys(id: string): Promise<Record<string, string>> {
    const rows = await this.db.selectFrom('run_key').selectAll().where('run_id', '=', id).execute();
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  }

  /** The log of a run, oldest first. */
  async steps(id: string): Promise<StepLine[]> {
    const rows = await this.db
      .selectFrom('run_step')
      .select(['step', 'began_at as beganAt', 'at', 'tx', 'note'])
      .where('run_id', '=', id)
      .orderBy('visit')
      .execute();
    return rows as StepLine[];
  }

  private select() {
    return this.db.selectFrom('run').selectAll('run');
  }
}

/** Writes the line of a visit; what is given replaces what stood there. */
export async function writeLine(
  db: Kysely<ProgramTables>,
  { id, visit, at: { step }, stepSince }: Pick<RunRecord, 'id' | 'visit' | 'at' | 'stepSince'>,
  { tx, note }: { tx?: string | undefined; note?: string | undefined },
): Promise<void> {
  const at = Date.now();
  await db
    .insertInto('run_step')
    .values({ run_id: id, visit, step, began_at: stepSince, at, tx: tx ?? null, note: note ?? null })
    .onConflict((conflict) =>
      conflict
        .columns(['run_id', 'visit'])
        .doUpdateSet({ at, ...(tx === undefined ? {} : { tx }), ...(note === undefined ? {} : { note }) }),
    )
    .execute();
}

export function readRun(row: Selectable<ProgramTables['run']>): RunRecord {
  const { id, program, state, step, visit, outcome } = row;
  return {
    id,
    program,
    state,
    visit,
    outcome,
    subject: factsFromJson(row.subject),
    at: { step, facts: factsFromJson(row.facts) },
    stepSince: row.step_since,
    error: row.error === null ? null : (JSON.parse(row.error) as Failure),
    createdAt: row.created_at,
  };
}
