import type { Store } from '@oml/service/store';

/** Where reading of one kind of event goes on after a restart: the next block to read. */
export class ChainCursor {
  private readonly store: Store;
  private readonly name: string;
  private readonly start: bigint;

  constructor(store: Store, name: string, start: bigint) {
    this.store = store;
    this.name = name;
    this.start = start;
  }

  get(): bigint {
    const row = this.store.db.prepare('SELECT block FROM cursors WHERE name = ?').get(this.name) as
      { block: number } | undefined;
    return row ? BigInt(row.block) : this.start;
  }

  set(block: bigint): void {
    this.store.db
      .prepare('INSERT INTO cursors VALUES (?, ?) ON CONFLICT DO UPDATE SET block = excluded.block')
      .run(this.name, Number(block));
  }
}
