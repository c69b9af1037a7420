import type { Store } from '@oml/service/store';
import type { Hex } from 'viem';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import type { CommittedCodeBook } from '../chain/registration.ts';
import type { ChanceReport, EmbedReport, InspectReport } from '../workshop-jobs.ts';

export const STEP_NAMES = ['inspect', 'draft', 'chance', 'commit', 'beacon', 'embed', 'verify', 'mint'] as const;
export type StepName = (typeof STEP_NAMES)[number];

/** What finished steps found out; secrets are never among it. */
export interface Facts {
  inspection?: InspectReport;
  codeBook?: CommittedCodeBook;
  chance?: ChanceReport;
  controlPanelDigest?: Hex;
  /** Of the terms that the model offers. */
  termsId?: number;
  commitId?: Hex;
  /** Decimal block number. */
  beaconBlock?: string;
  beacon?: Hex;
  weightsDigest?: Hex;
  report?: EmbedReport;
}

export interface StepRecord {
  name: StepName;
  state: 'waiting' | 'running' | 'done' | 'failed';
  startedAt: number | null;
  endedAt: number | null;
}

export interface PublicationRecord {
  id: string;
  request: PublishRequestJson;
  /** The step to do next, or how it ended. */
  state: StepName | 'ready' | 'failed';
  /** Which draft: a missed beacon kills a commitment, and the next draft needs other salts. */
  attempt: number;
  facts: Facts;
  error: { code: string; message: string } | null;
  modelId: string | null;
}

interface Row extends Omit<PublicationRecord, 'request' | 'facts' | 'error' | 'modelId'> {
  request: string;
  facts: string;
  error: string | null;
  model_id: string | null;
}

/** Publications in the store; every change is one transaction. */
export class PublicationRecords {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Adds a publication, or starts a failed one again where it stopped; any other is left alone. */
  open(id: string, request: PublishRequestJson): void {
    this.store.transaction(() => {
      const known = this.find(id);
      if (!known) {
        this.store.db
          .prepare('INSERT INTO publications (id, request, state, created_at) VALUES (?, ?, ?, ?)')
          .run(id, JSON.stringify(request), STEP_NAMES[0], Date.now());
      } else if (known.state === 'failed') {
        const failed = this.steps(id).find((step) => step.state === 'failed')?.name ?? STEP_NAMES[0];
        this.store.db.prepare('UPDATE publications SET state = ?, error = NULL WHERE id = ?').run(failed, id);
      }
    });
  }

  find(id: string): PublicationRecord | undefined {
    const row = this.store.db.prepare('SELECT * FROM publications WHERE id = ?').get(id) as unknown as Row | undefined;
    return row && read(row);
  }

  findByModel(modelId: string): PublicationRecord | undefined {
    const row = this.store.db.prepare('SELECT * FROM publications WHERE model_id = ?').get(modelId) as unknown as
      Row | undefined;
    return row && read(row);
  }

  unfinished(): PublicationRecord[] {
    return this.list("state NOT IN ('ready', 'failed')");
  }

  minted(): PublicationRecord[] {
    return this.list('model_id IS NOT NULL');
  }

  steps(id: string): StepRecord[] {
    const rows = this.store.db
      .prepare('SELECT name, state, started_at AS startedAt, ended_at AS endedAt FROM steps WHERE publication_id = ?')
      .all(id) as unknown as StepRecord[];
    const byName = new Map(rows.map((row) => [row.name, row]));
    return STEP_NAMES.map((name) => byName.get(name) ?? { name, state: 'waiting', startedAt: null, endedAt: null });
  }

  transactions(id: string): { step: string; hash: Hex }[] {
    return this.store.db
      .prepare('SELECT step, hash FROM transactions WHERE publication_id = ? ORDER BY rowid')
      .all(id) as unknown as { step: string; hash: Hex }[];
  }

  begin(id: string, name: StepName): void {
    this.store.db
      .prepare(
        `INSERT INTO steps (publication_id, name, state, started_at) VALUES (?, ?, 'running', ?)
         ON CONFLICT DO UPDATE SET state = 'running', started_at = CASE WHEN state = 'running' THEN started_at ELSE excluded.started_at END, ended_at = NULL`,
      )
      .run(id, name, Date.now());
  }

  /** Ends a step: what it found, what it sent and where the publication goes next stand together or not at all. */
  finish(
    id: string,
    name: StepName,
    outcome: { facts?: Facts; transaction?: Hex | undefined; modelId?: string },
  ): void {
    this.store.transaction(() => {
      const facts = { ...this.find(id)!.facts, ...outcome.facts };
      const next = STEP_NAMES[STEP_NAMES.indexOf(name) + 1] ?? 'ready';
      this.end(id, name, 'done');
      this.store.db
        .prepare('UPDATE publications SET facts = ?, state = ?, model_id = coalesce(?, model_id) WHERE id = ?')
        .run(JSON.stringify(facts), next, outcome.modelId ?? null, id);
      if (outcome.transaction)
        this.store.db.prepare('INSERT OR IGNORE INTO transactions VALUES (?, ?, ?)').run(id, name, outcome.transaction);
    });
  }

  fail(id: string, name: StepName, error: { code: string; message: string }): void {
    this.store.transaction(() => {
      this.end(id, name, 'failed');
      this.store.db
        .prepare("UPDATE publications SET state = 'failed', error = ? WHERE id = ?")
        .run(JSON.stringify(error), id);
    });
  }

  /** Back to the draft with fresh salts: the commitment of this attempt is dead. */
  redraft(id: string): void {
    this.store.transaction(() => {
      const { inspection } = this.find(id)!.facts;
      this.store.db.prepare("DELETE FROM steps WHERE publication_id = ? AND name <> 'inspect'").run(id);
      this.store.db
        .prepare("UPDATE publications SET state = 'draft', attempt = attempt + 1, facts = ? WHERE id = ?")
        .run(JSON.stringify({ inspection }), id);
    });
  }

  private end(id: string, name: StepName, state: 'done' | 'failed'): void {
    this.store.db
      .prepare('UPDATE steps SET state = ?, ended_at = ? WHERE publication_id = ? AND name = ?')
      .run(state, Date.now(), id, name);
  }

  private list(condition: string): PublicationRecord[] {
    return (
      this.store.db.prepare(`SELECT * FROM publications WHERE ${condition} ORDER BY rowid`).all() as unknown as Row[]
    ).map(read);
  }
}

function read({ model_id: modelId, ...row }: Row): PublicationRecord {
  return {
    ...row,
    request: JSON.parse(row.request),
    facts: JSON.parse(row.facts),
    error: row.error === null ? null : JSON.parse(row.error),
    modelId,
  };
}
