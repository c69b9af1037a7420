import { isOmlError, OmlError } from '@oml/protocol/error';
import type { AnyProgram, SubjectOf } from './define-program.ts';
import { Leases } from './leases.ts';
import type { Logger } from './logger.ts';
import type { ProgramStore } from './run-tables.ts';
import { Runs, writeLine, type RunRecord } from './runs.ts';
import { fail, wait, type StepResult } from './step-result.ts';

type AnyResult = StepResult<Record<string, unknown>, string>;

export interface DriverOptions<Context> {
  store: ProgramStore;
  programs: readonly AnyProgram<Context>[];
  context: Context;
  logger: Logger;
  /** After a failure that may pass. */
  retryMs?: number;
  /** A step that keeps failing this long for reasons that might pass fails for good. */
  patienceMs?: number;
  /** Most runs in progress at once in this process. */
  atOnce?: number;
  /** How long a replica that died keeps its runs. */
  leaseMs?: number;
}

/** How long `stop` waits for steps in progress. */
export const STOP_MS = 7_000;

/**
 * Drives runs: the end of every step stands in the store before the next begins, so the process can die at any
 * instruction. Replicas may drive the same programs on one PostgreSQL: each run is in one hand at a time.
 */
export class Driver<Context> {
  readonly runs: Runs;
  private readonly options: Required<DriverOptions<Context>>;
  private readonly programs: ReadonlyMap<string, AnyProgram<Context>>;
  private readonly leases: Leases;
  private readonly running = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private taking: Promise<void> = Promise.resolve();

  constructor(options: DriverOptions<Context>) {
    this.options = { retryMs: 2_000, patienceMs: 10 * 60_000, atOnce: 16, leaseMs: 15_000, ...options };
    this.programs = new Map(options.programs.map((program) => [program.name, program]));
    this.runs = new Runs(options.store);
    this.leases = new Leases(options.store, this.options.leaseMs);
  }

  /** Adds a run of this program (see {@link Runs.add}) and begins it soon. Resolves to its id. */
  async order<P extends AnyProgram<Context>>(program: P, subject: SubjectOf<P>, id?: string): Promise<string> {
    const ordered = await this.runs.add(program, subject, id);
    this.options.logger.info({ runId: ordered, program: program.name }, 'run ordered');
    void this.kick();
    return ordered;
  }

  /** Takes runs whose wait is over; resolves when they are taken, the work goes on. */
  kick(): Promise<void> {
    this.taking = this.taking
      .then(() => this.takeDue())
      .catch((error: unknown) => this.options.logger.warn({ err: error }, 'no run could be taken'));
    return this.taking;
  }

  /** Does steps of one run until it ends or must wait, also before its wait is over. */
  async advance(id: string): Promise<void> {
    await this.taking;
    const inProgress = this.running.get(id);
    if (inProgress) return inProgress;
    const run = await this.leases.takeOne(id);
    if (run) await this.begin(run);
  }

  /** Lets steps in progress end, for a while. False where some did not: they are done again after the next start. */
  async stop(): Promise<boolean> {
    this.stopping.abort();
    const ended = this.taking.then(() => Promise.all(this.running.values())).then(() => true);
    return Promise.race([ended, new Promise<boolean>((resolve) => setTimeout(resolve, STOP_MS, false).unref())]);
  }

  private async takeDue(): Promise<void> {
    const left = this.options.atOnce - this.running.size;
    if (this.stopping.signal.aborted || left <= 0) return;
    const due = await this.leases.take([...this.programs.keys()], left, [...this.running.keys()]);
    for (const run of due) void this.begin(run);
  }

  private begin(run: RunRecord): Promise<void> {
    const inProgress = this.running.get(run.id);
    if (inProgress) return inProgress;
    const work = this.drive(run)
      .catch((error: unknown) => this.options.logger.error({ err: error, runId: run.id }, 'run interrupted'))
      .finally(() => this.running.delete(run.id));
    this.running.set(run.id, work);
    return work;
  }

  /** Step by step, holding the lease; lets go of it at the end, whatever that is. */
  private async drive(first: RunRecord): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([this.stopping.signal, lost.signal]);
    const renewing = setInterval(() => {
      const held = this.leases.renew(first.id).catch(() => true); // a database that is away is no reason to give up yet
      void held.then((isOurs) => isOurs || lost.abort());
    }, this.options.leaseMs / 3);
    try {
      for (let run: RunRecord | undefined = first; run && !signal.aborted;) run = await this.step(run, signal);
    } finally {
      clearInterval(renewing);
      if (!lost.signal.aborted) await this.leases.release(first.id);
    }
  }

  /** One step; undefined where the run ended, waits or was broken off. */
  private async step(run: RunRecord, signal: AbortSignal): Promise<RunRecord | undefined> {
    const { id, at, program } = run;
    const result = await this.resultOf(run, signal);
    if (!result) return undefined;
    const goesOn = await this.leases.apply(run, result);
    if (result.to !== 'wait')
      this.options.logger.info(
        { runId: id, program, step: at.step, note: result.note, tx: result.tx },
        'step of a run done',
      );
    return goesOn;
  }

  private async resultOf(run: RunRecord, signal: AbortSignal): Promise<AnyResult | undefined> {
    const program = this.programs.get(run.program)!;
    const note = (text: string) => writeLine(this.options.store.db, run, { note: text });
    const { id, subject, at, stepSince: since } = run;
    const stepRun = { id, subject, ...at, since, signal, note };
    try {
      const step = program.steps[at.step];
      if (!step) throw new OmlError('INTERNAL', `The program ${program.name} has no step ${at.step} any more.`);
      return await step(stepRun, this.options.context);
    } catch (error) {
      if (signal.aborted) return undefined; // broken off: done again by whoever has it next
      return this.refused(run, error, (failure) => program.rescue?.(stepRun, failure));
    }
  }

  private refused(
    { id, program, at, stepSince }: RunRecord,
    error: unknown,
    rescue: (failure: { code: string; message: string }) => AnyResult | undefined,
  ): AnyResult {
    const { logger, retryMs, patienceMs } = this.options;
    const known = isOmlError(error)
      ? error
      : new OmlError('INTERNAL', 'Something went wrong on this side. It was logged.', { cause: error });
    const facts = { err: error, runId: id, program, step: at.step };
    if (known.retryable && Date.now() - stepSince < patienceMs) {
      logger.warn(facts, 'step of a run will be tried again');
      return wait(retryMs, known.message);
    }
    logger.error(facts, 'step of a run failed');
    const failure = { code: known.code, message: known.message };
    return rescue(failure) ?? fail(failure);
  }
}
