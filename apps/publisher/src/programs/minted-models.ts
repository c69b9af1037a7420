import { Runs, type RunOf } from '@oml/program/runs';
import type { PublisherStore } from '../store.ts';
import { publication, releaseKey } from './publication.ts';
import type { MintedModel, PublicationFacts } from './publication-facts.ts';

/** Asked of the store at once. */
const MOST = 10_000;

/** The models that were minted here, and their later releases. */
export class MintedModels {
  private readonly store: PublisherStore;
  private readonly runs: Runs;

  constructor(store: PublisherStore) {
    this.store = store;
    this.runs = new Runs(store);
  }

  /** One release of a model: the first, unless said. */
  async find(modelId: string, release = 1): Promise<MintedModel | undefined> {
    const run =
      release === 1
        ? await this.runs.findByKey(publication, 'modelId', modelId)
        : await this.runs.findByKey(publication, 'release', releaseKey(modelId, release));
    return run && mintedModel(run, { modelId, release });
  }

  /** The latest release of a model that was made here. */
  async latest(modelId: string): Promise<MintedModel | undefined> {
    const rows = await this.store.db
      .selectFrom('run_key')
      .select('value')
      .where('name', '=', 'release')
      .where('value', 'like', `${modelId}/%`)
      .execute();
    return this.find(modelId, Math.max(1, ...rows.map(({ value }) => readReleaseKey(value).release)));
  }

  /** Every release of every model, those of one model in their order, models oldest first. */
  async releases(): Promise<Map<string, MintedModel[]>> {
    const runs = await this.runs.list([publication], { state: 'done', limit: MOST });
    const keys = await this.store.db.selectFrom('run_key').selectAll().execute();
    const placeOf = new Map(
      keys.flatMap(({ run_id: runId, name, value }) => {
        if (name === 'modelId') return [[runId, { modelId: value, release: 1 }] as const];
        return name === 'release' ? [[runId, readReleaseKey(value)] as const] : [];
      }),
    );
    const minted = runs.toReversed().flatMap((run) => {
      const place = placeOf.get(run.id);
      return place ? [mintedModel(run, place)] : [];
    });
    const sorted = minted.toSorted((one, other) => one.release - other.release);
    return Map.groupBy(sorted, ({ modelId }) => modelId);
  }

  /** The latest release of each model, models oldest first. */
  async list(): Promise<MintedModel[]> {
    return [...(await this.releases()).values()].map((all) => all.at(-1)!);
  }
}

interface Place {
  modelId: string;
  release: number;
}

/** Reads what {@link releaseKey} wrote. */
export function readReleaseKey(value: string): Place {
  const [modelId, release] = value.split('/') as [string, string];
  return { modelId, release: Number(release) };
}

function mintedModel({ id, subject, at }: RunOf<typeof publication>, place: Place): MintedModel {
  const facts = at.facts as PublicationFacts;
  return { ...place, id, request: subject, attempt: facts.attempt, facts };
}
