import { Runs, type RunOf } from '@oml/program/runs';
import type { PublisherStore } from '../store.ts';
import { publication } from './publication.ts';
import type { MintedModel, PublicationFacts } from './publication-facts.ts';

/** Asked of the store at once. */
const MOST = 10_000;

/** The models that were minted here. */
export class MintedModels {
  private readonly store: PublisherStore;
  private readonly runs: Runs;

  constructor(store: PublisherStore) {
    this.store = store;
    this.runs = new Runs(store);
  }

  async find(modelId: string): Promise<MintedModel | undefined> {
    const run = await this.runs.findByKey(publication, 'modelId', modelId);
    return run && mintedModel(run, modelId);
  }

  /** All of them, oldest first. */
  async list(): Promise<MintedModel[]> {
    const runs = await this.runs.list([publication], { state: 'done', limit: MOST });
    const keys = await this.store.db.selectFrom('run_key').selectAll().where('name', '=', 'modelId').execute();
    const modelIdOf = new Map(keys.map(({ run_id: runId, value }) => [runId, value]));
    return runs.toReversed().map((run) => mintedModel(run, modelIdOf.get(run.id)!));
  }
}

function mintedModel({ id, subject, at }: RunOf<typeof publication>, modelId: string): MintedModel {
  const facts = at.facts as PublicationFacts;
  return { modelId, id, request: subject, attempt: facts.attempt, facts };
}
