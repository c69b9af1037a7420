import { isOmlError, OmlError, type OmlErrorCode } from '@oml/protocol/error';
import type { Logger } from '@oml/service/logger';
import { PublicationRecords, type PublicationRecord, type StepName } from './publication-record.ts';
import { publicationSteps, type StepContext } from './publication-steps.ts';
import { bodyHash } from '@oml/protocol/signed/publish-request';
import type { PublishRequest, PublishRequestJson } from '@oml/protocol/wire/publish-request';
import type { Progress } from '../workshop-message.ts';

const RETRY_MS = 3_000;
const STOP_MS = 7_000;

/**
 * The state machine behind POST /publications: every step stands in the store before the next begins, so it can die at
 * any instruction.
 */
export class Publications {
  readonly records: PublicationRecords;
  private readonly context: StepContext;
  private readonly logger: Logger;
  private readonly running = new Map<string, Promise<void>>();
  private readonly progress = new Map<string, Progress>();
  private readonly retryAt = new Map<string, number>();
  private stopping = false;

  constructor(records: PublicationRecords, context: StepContext, logger: Logger) {
    this.records = records;
    this.context = context;
    this.logger = logger;
  }

  /**
   * Accepts a request after its files were read, and before anything is spent. The same request is the same
   * publication; a failed one is
   * taken up where it stopped. Throws MODEL_NOT_ONNX, MODEL_UNSUPPORTED, NOT_FOUND for a missing upload, …
   */
  async open(json: PublishRequestJson, request: PublishRequest): Promise<{ publicationId: string }> {
    const publicationId = bodyHash(json).slice(2);
    const known = this.records.find(publicationId);
    if (!known || known.state === 'failed') {
      await publicationSteps.inspect(
        this.context,
        { id: publicationId, request: json, attempt: 0, facts: {}, state: 'inspect', error: null, modelId: null },
        () => {},
      );
      this.records.open(publicationId, json);
      this.logger.info({ publicationId, name: request.name, owner: request.owner }, 'publication opened');
    }
    return { publicationId };
  }

  /** What GET /publications/:id shows. Throws NOT_FOUND. */
  view(id: string) {
    const publication = this.records.find(id);
    if (!publication) throw new OmlError('NOT_FOUND', `There is no publication ${id}.`);
    const { state, facts, error, modelId } = publication;
    return {
      state: state === 'ready' || state === 'failed' ? state : 'running',
      steps: this.records
        .steps(id)
        .map((step) => (step.state === 'running' ? { ...step, ...progressOf(this.progress.get(id)) } : step)),
      transactions: this.records.transactions(id),
      ...(modelId === null ? {} : { modelId }),
      ...(facts.report ? { report: { ...facts.report, chanceOnPanel: facts.chance ?? [] } } : {}),
      ...(error ? { error } : {}),
    };
  }

  /** Pushes every unfinished publication as far as it goes now; returns at once, the work goes on. */
  kick(): void {
    for (const { id } of this.records.unfinished()) {
      if (this.stopping || this.running.has(id) || (this.retryAt.get(id) ?? 0) > Date.now()) continue;
      this.running.set(
        id,
        this.advance(id).finally(() => this.running.delete(id)),
      );
    }
  }

  /** Does steps of one publication until it ends or must wait. */
  async advance(id: string): Promise<void> {
    for (;;) {
      const publication = this.records.find(id);
      if (this.stopping || !publication || publication.state === 'ready' || publication.state === 'failed') return;
      if (!(await this.step(publication, publication.state))) return;
    }
  }

  /**
   * Lets steps in progress end or break off, for a while. False where some did not: they are done again after the next
   * start.
   */
  async stop(): Promise<boolean> {
    this.stopping = true;
    const ended = Promise.all(this.running.values()).then(() => true);
    return Promise.race([ended, new Promise<boolean>((resolve) => setTimeout(resolve, STOP_MS, false).unref())]);
  }

  /** Does one step; false where it must wait or failed. */
  private async step(publication: PublicationRecord, name: StepName): Promise<boolean> {
    const { id } = publication;
    this.records.begin(id, name);
    this.progress.delete(id);
    try {
      const outcome = await publicationSteps[name](this.context, publication, (progress) =>
        this.progress.set(id, progress),
      );
      if (!outcome) return false;
      this.records.finish(id, name, outcome);
      this.logger.info({ publicationId: id, step: name, modelId: outcome.modelId }, 'publication step done');
      return true;
    } catch (error) {
      return this.refused(id, name, error);
    }
  }

  private refused(id: string, name: StepName, error: unknown): boolean {
    if (isOmlError(error) && error.code === 'BEACON_MISSED') {
      this.logger.warn({ publicationId: id }, 'beacon missed: drafting anew');
      this.records.redraft(id);
      return true;
    }
    if (this.stopping || (isOmlError(error) && error.retryable)) {
      this.logger.warn({ err: error, publicationId: id, step: name }, 'publication step will be tried again');
      this.retryAt.set(id, Date.now() + RETRY_MS);
      return false;
    }
    this.logger.error({ err: error, publicationId: id, step: name }, 'publication failed');
    const known: { code: OmlErrorCode; message: string } = isOmlError(error)
      ? error
      : { code: 'INTERNAL', message: 'Something went wrong on this side. It was logged.' };
    this.records.fail(id, name, { code: known.code, message: known.message });
    return false;
  }
}

const progressOf = (progress: Progress | undefined) => ({
  progress: progress?.share ?? 0,
  ...(progress ? { part: progress.part } : {}),
});
