import type { RunOf, Runs, StepLine } from '@oml/program/runs';
import { OmlError } from '@oml/protocol/error';
import { bookReach } from '@oml/protocol/evidence/reach';
import { PUBLICATION_STEPS, type PublicationJson, type PublicationStep } from '@oml/protocol/wire/publication';
import type { Logger } from '@oml/service/logger';
import { inspect, publication, type PublicationContext } from '../programs/publication.ts';
import { readReleaseKey } from '../programs/minted-models.ts';
import { publicationOrderSchema, type PublicationOrder } from '../programs/publication-facts.ts';
import { progressOf } from '../programs/step-progress.ts';

type PublicationRun = RunOf<typeof publication>;

/** What is asked of the driver of the program. */
interface PublicationDriver {
  runs: Runs;
  kick(): Promise<void>;
}

/** What POST and GET /publications do: order runs of the program `publication`, and show them. */
export class Publications {
  private readonly driver: PublicationDriver;
  private readonly context: PublicationContext;
  private readonly logger: Logger;

  constructor(driver: PublicationDriver, context: PublicationContext, logger: Logger) {
    this.driver = driver;
    this.context = context;
    this.logger = logger;
  }

  /**
   * Accepts an order after its files were read, of which its owner must have `brought` these, and before anything is
   * spent. The same order is the same publication; a failed one is taken up where it stopped. Throws what `check`
   * throws, which is asked of a new order alone, MODEL_NOT_ONNX, MODEL_UNSUPPORTED, NOT_FOUND for a
   * missing upload, …
   */
  async open(
    publicationId: string,
    order: PublicationOrder,
    brought: readonly string[],
    check: () => Promise<void> = async () => {},
  ): Promise<{ publicationId: string }> {
    const { runs } = this.driver;
    const known = await runs.find(publication, publicationId);
    if (!known || known.state === 'failed') {
      const { uploads } = this.context;
      const { owner, name } = publicationOrderSchema.parse(order);
      await check();
      await uploads.mustBeOf(owner, brought);
      await inspect(order, this.context);
      await uploads.name(owner, brought);
      await runs.add(publication, order, publicationId);
      await runs.resume(publicationId);
      this.logger.info({ publicationId, name, owner }, 'publication opened');
    }
    void this.driver.kick();
    return { publicationId };
  }

  /** Throws NOT_FOUND. */
  async view(id: string): Promise<PublicationJson> {
    const { runs } = this.driver;
    const run = await runs.find(publication, id);
    if (!run) throw new OmlError('NOT_FOUND', `There is no publication ${id}.`);
    const [lines, keys] = await Promise.all([runs.steps(id), runs.keys(id)]);
    return {
      state: run.state === 'done' ? 'ready' : run.state,
      steps: stepsOf(run, lines),
      transactions: lines.flatMap(({ step, tx }) => (tx ? [{ step, hash: tx }] : [])),
      ...placeOf(keys),
      ...reportOf(run),
      ...(run.error ? { error: run.error } : {}),
    };
  }
}

/** Which release of which model it became; nothing before it is one. */
function placeOf({ modelId, release }: Record<string, string>): { modelId?: string; release?: number } {
  if (release !== undefined) return readReleaseKey(release);
  return modelId === undefined ? {} : { modelId, release: 1 };
}

/** The steps that a run has behind it are done, those before it wait. */
function stepsOf(run: PublicationRun, lines: readonly StepLine[]): PublicationJson['steps'] {
  const now = run.state === 'done' ? PUBLICATION_STEPS.length : PUBLICATION_STEPS.indexOf(run.at.step);
  const lastLine = new Map(lines.map((line) => [line.step, line]));
  return PUBLICATION_STEPS.map((name, i) => {
    const line = lastLine.get(name);
    if (i < now) return { name, state: 'done', startedAt: line?.beganAt ?? null, endedAt: line?.at ?? null };
    return i === now ? currentStep(name, run, line) : { name, state: 'waiting', startedAt: null, endedAt: null };
  });
}

function currentStep(name: PublicationStep, run: PublicationRun, line: StepLine | undefined) {
  const since = { name, startedAt: run.stepSince };
  if (run.state === 'failed') return { ...since, state: 'failed' as const, endedAt: line?.at ?? null };
  // A line of an earlier visit says nothing of this one.
  const progress = line && line.beganAt === run.stepSince ? progressOf(line.note) : undefined;
  const part = progress ? { part: progress.part } : {};
  return { ...since, state: 'running' as const, endedAt: null, progress: progress?.share ?? 0, ...part };
}

function reportOf({ at }: PublicationRun) {
  if (at.step !== 'verify' && at.step !== 'mint') return {};
  const { report, chance, codeBook } = at.facts;
  return { report: { ...report, chanceOnPanel: chance, reach: bookReach(codeBook) } };
}
