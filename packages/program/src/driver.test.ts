import { OmlError } from '@oml/protocol/error';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DIALECTS, openStorePlace, type StorePlace } from '../test-support/stores.ts';
import { defineProgram, end, fail, nextOf, wait } from './define-program.ts';
import { Driver, type DriverOptions } from './driver.ts';
import { programTables, type ProgramTables } from './run-tables.ts';
import { openStore, type Store } from './store.ts';

interface Steps {
  plan: object;
  count: { upTo: bigint; counted: number };
  rescued: { because: string };
}
interface Context {
  /** Runs before each step; may throw. */
  before(step: string, runId: string): Promise<void> | void;
}
const next = nextOf<Steps>();
const counting = defineProgram<Steps, Context, { upTo: number; risky?: boolean }, 'counted' | 'rescued'>()({
  name: 'counting',
  first: next('plan', {}),
  steps: {
    plan: async ({ id, subject }, { before }) => {
      await before('plan', id);
      return next('count', { upTo: BigInt(subject.upTo), counted: 0 }, { note: 'planned', keys: { planOf: id } });
    },
    count: async ({ id, facts, note }, { before }) => {
      await note(`counted ${facts.counted}`);
      await before('count', id);
      if (BigInt(facts.counted) === facts.upTo) return end('counted', { note: 'counted all', tx: '0x01' });
      return next('count', { ...facts, counted: facts.counted + 1 });
    },
    rescued: async ({ facts }) =>
      facts.because === 'BEACON_MISSED' ? end('rescued') : fail({ code: facts.because, message: 'It was out.' }),
  },
  rescue: (run, { code }) => (run.subject.risky ? next('rescued', { because: code }) : undefined),
});

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const until = (isSo: () => unknown) => vi.waitUntil(isSo, { timeout: 20_000, interval: 5 });

describe.each(DIALECTS)('a driver on %s', (dialect) => {
  let place: StorePlace;
  let url: string;
  let store: Store<ProgramTables>;
  const opened: Store<ProgramTables>[] = [];

  beforeAll(async () => void (place = await openStorePlace(dialect)));
  afterAll(() => place.stop());
  beforeEach(async () => {
    url = await place.create();
    store = await open();
  });
  afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

  async function open() {
    const store = await openStore<ProgramTables>(url, [programTables], { schema: 'agent' });
    opened.push(store);
    return store;
  }
  const driverOf = (context: Partial<Context> = {}, options: Partial<DriverOptions<Context>> = {}) => {
    const defaults = { store, programs: [counting], logger: silent, retryMs: 0 };
    return new Driver<Context>({ ...defaults, ...options, context: { before() {}, ...context } });
  };
  const add = (driver: Driver<Context>, subject: { upTo: number; risky?: boolean }) =>
    driver.runs.add(counting, subject);

  it('does the steps of a run in turn, each with its facts, and keeps a line of every visit', async () => {
    const driver = driverOf();
    const id = await add(driver, { upTo: 2 });
    await driver.advance(id);
    expect(await driver.runs.get(counting, id)).toMatchObject({
      state: 'done',
      outcome: 'counted',
      subject: { upTo: 2 },
      at: { step: 'count', facts: { upTo: 2n, counted: 2 } },
    });
    const lines = await driver.runs.steps(id);
    expect(lines.map(({ step, note, tx }) => [step, note, tx])).toEqual([
      ['plan', 'planned', null],
      ['count', 'counted 0', null],
      ['count', 'counted 1', null],
      ['count', 'counted all', '0x01'],
    ]);
  });

  it('finds a run by what it said of itself, and knows which go on', async () => {
    const driver = driverOf();
    const id = await add(driver, { upTo: 0 });
    expect(await driver.runs.isRunning(counting, { upTo: 0 })).toBe(true);
    await driver.advance(id);
    expect((await driver.runs.findByKey(counting, 'planOf', id))?.id).toBe(id);
    expect(await driver.runs.keys(id)).toEqual({ planOf: id });
    expect(await driver.runs.isRunning(counting, { upTo: 0 })).toBe(false);
    expect((await driver.runs.list([counting], { state: 'done' })).map((run) => run.id)).toEqual([id]);
  });

  it('adds a run once, and leaves what it became alone', async () => {
    const driver = driverOf();
    await driver.runs.add(counting, { upTo: 0 }, 'one');
    await driver.advance('one');
    await driver.runs.add(counting, { upTo: 9 }, 'one');
    expect(await driver.runs.get(counting, 'one')).toMatchObject({ state: 'done', subject: { upTo: 0 } });
  });

  it('goes on where it was killed, after any step', async () => {
    for (let killedAt = 1; killedAt <= 4; killedAt++) {
      let steps = 0;
      const dying = driverOf({ before: () => (++steps === killedAt ? new Promise(() => {}) : undefined) });
      const id = await add(dying, { upTo: 2 });
      void dying.advance(id);
      await until(() => steps === killedAt);
      const reborn = dialect === 'sqlite' ? driverOf() : driverOf({}, { store: await lapse(id) });
      await reborn.advance(id);
      expect(await reborn.runs.get(counting, id)).toMatchObject({ state: 'done', at: { facts: { counted: 2 } } });
    }
  });

  /** What time does to the lease of a dead replica. */
  async function lapse(id: string) {
    await store.db.updateTable('run').set({ lease_until: 0 }).where('id', '=', id).execute();
    return open();
  }

  it('waits, and is woken by time', async () => {
    let asked = 0;
    const waiting = defineProgram<{ ask: object }, Context, object, 'asked'>()({
      name: 'waiting',
      first: nextOf<{ ask: object }>()('ask', {}),
      steps: { ask: async () => (++asked < 3 ? wait(1, 'not yet') : end('asked')) },
    });
    const driver = driverOf({}, { programs: [waiting] });
    const id = await driver.order(waiting, {});
    while ((await driver.runs.get(waiting, id)).state === 'running') await driver.kick();
    expect(asked).toBe(3);
    expect(await driver.runs.steps(id)).toHaveLength(1);
    const patient = defineProgram<{ ask: object }, Context, object, 'asked'>()({
      ...waiting,
      steps: { ask: async () => (++asked, wait(3_600_000)) },
    });
    const later = driverOf({}, { programs: [patient] });
    await later.advance(await later.runs.add(patient, {}));
    await later.kick();
    await later.stop();
    expect(asked).toBe(4);
  });

  it('tries again what may pass, until its patience ends', async () => {
    let refusals = 3;
    const refuse = () => {
      if (refusals-- > 0) throw new OmlError('UNAVAILABLE', 'Nobody answers.', { retryable: true });
    };
    const driver = driverOf({ before: refuse });
    const id = await add(driver, { upTo: 0 });
    await driver.advance(id);
    expect(await driver.runs.steps(id)).toMatchObject([{ step: 'plan', note: 'Nobody answers.' }]);
    while ((await driver.runs.get(counting, id)).state === 'running') await driver.advance(id);
    expect(await driver.runs.get(counting, id)).toMatchObject({ state: 'done' });

    refusals = 1;
    const hasty = driverOf({ before: refuse }, { patienceMs: 0 });
    const failing = await add(hasty, { upTo: 0 });
    await hasty.advance(failing);
    expect(await hasty.runs.get(counting, failing)).toMatchObject({
      state: 'failed',
      error: { code: 'UNAVAILABLE', message: 'Nobody answers.' },
    });
  });

  it('rescues what is out when a step fails for good, and keeps the failure otherwise', async () => {
    let thrown: Error = new OmlError('BEACON_MISSED', 'Too late.');
    const driver = driverOf({ before: () => Promise.reject(thrown) });
    const rescued = await add(driver, { upTo: 0, risky: true });
    await driver.advance(rescued);
    expect(await driver.runs.get(counting, rescued)).toMatchObject({ state: 'done', outcome: 'rescued' });
    thrown = new Error('a secret that nobody should read');
    for (const subject of [{ upTo: 0 }, { upTo: 0, risky: true }]) {
      const id = await add(driver, subject);
      await driver.advance(id);
      const { state, error } = await driver.runs.get(counting, id);
      expect([state, error?.code, error?.message.includes('secret')]).toEqual(['failed', 'INTERNAL', false]);
    }
  });

  it('lets a failed run go on at the step that it failed at', async () => {
    let broken = true;
    const breaks = (step: string) => {
      if (broken && step === 'count') throw new OmlError('NOT_FOUND', 'It is not there.');
    };
    const driver = driverOf({ before: breaks });
    const id = await add(driver, { upTo: 1 });
    await driver.advance(id);
    broken = false;
    await driver.runs.resume(id);
    await driver.advance(id);
    expect(await driver.runs.get(counting, id)).toMatchObject({ state: 'done', error: null });
  });

  it('stops between steps, and breaks off what listens to its signal', async () => {
    const listening = defineProgram<{ ask: object }, Context, object, 'asked'>()({
      name: 'listening',
      first: nextOf<{ ask: object }>()('ask', {}),
      steps: {
        ask: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      },
    });
    const driver = driverOf({}, { programs: [listening] });
    const id = await driver.runs.add(listening, {});
    await driver.kick();
    expect(await driver.stop()).toBe(true);
    expect(await driver.runs.get(listening, id)).toMatchObject({ state: 'running', error: null });
    const { lease_owner: owner } = await store.db.selectFrom('run').selectAll().executeTakeFirstOrThrow();
    expect(owner).toBe(null);
  });

  it('takes no more runs at once than it may', async () => {
    let inProgress = 0;
    const go = Promise.withResolvers<void>();
    const driver = driverOf({ before: () => (inProgress++, go.promise) }, { atOnce: 2 });
    for (let i = 0; i < 3; i++) await add(driver, { upTo: 0 });
    await driver.kick();
    await driver.kick();
    await until(() => inProgress === 2);
    go.resolve();
    await driver.stop();
  });
});

describe('replicas on one PostgreSQL', () => {
  let place: StorePlace;
  let stores: Store<ProgramTables>[];
  beforeAll(async () => void (place = await openStorePlace('postgres')));
  afterAll(() => place.stop());
  beforeEach(async () => {
    const url = await place.create();
    const open = () => openStore<ProgramTables>(url, [programTables], { schema: 'agent' });
    stores = await Promise.all([open(), open()]);
  });
  afterEach(() => Promise.all(stores.map((store) => store.close())));

  const replica = (i: number, before: Context['before'], leaseMs = 60_000) =>
    new Driver<Context>({
      store: stores[i]!,
      programs: [counting],
      context: { before },
      logger: silent,
      leaseMs,
      atOnce: 4,
      retryMs: 0,
    });

  it('share the work and never do one step twice at once', async () => {
    const inProgress = new Set<string>();
    const doneBy = [0, 0];
    const twice: string[] = [];
    const drivers = [0, 1].map((i) =>
      replica(i, async (_, id) => {
        if (inProgress.has(id)) twice.push(id);
        inProgress.add(id);
        doneBy[i]! += 1;
        await sleep(1);
        inProgress.delete(id);
      }),
    );
    for (let i = 0; i < 20; i++) await drivers[0]!.runs.add(counting, { upTo: 3 });
    const isDone = async () => (await drivers[0]!.runs.list([counting], { state: 'done' })).length === 20;
    while (!(await isDone())) await Promise.all(drivers.map((driver) => driver.kick()));
    expect(twice).toEqual([]);
    expect(doneBy[0]! + doneBy[1]!).toBe(20 * 5);
    expect(Math.min(...doneBy)).toBeGreaterThan(0);
    await Promise.all(drivers.map((driver) => driver.stop()));
  });

  it('go on with the runs of one that was killed, once its lease has lapsed and not before', async () => {
    let visits = 0;
    const dying = replica(0, () => (++visits === 2 ? new Promise(() => {}) : undefined));
    const heir = replica(1, () => {});
    const id = await dying.runs.add(counting, { upTo: 1 });
    void dying.advance(id);
    await until(() => visits === 2);
    await heir.kick();
    await heir.advance(id);
    expect(await heir.runs.get(counting, id)).toMatchObject({ state: 'running', at: { facts: { counted: 0 } } });
    await stores[1]!.db.updateTable('run').set({ lease_until: 0 }).execute();
    await heir.advance(id);
    expect(await heir.runs.get(counting, id)).toMatchObject({ state: 'done', at: { facts: { counted: 1 } } });
  });

  it('keep a run that takes longer than a lease, by renewing it', async () => {
    const go = Promise.withResolvers<void>();
    const slow = replica(0, () => go.promise, 300);
    const id = await slow.runs.add(counting, { upTo: 0 });
    const leases = () => stores[1]!.db.selectFrom('run').select('lease_until').executeTakeFirstOrThrow();
    await slow.kick();
    const { lease_until: first } = await leases();
    await until(async () => (await leases()).lease_until > first);
    go.resolve();
    await until(async () => (await slow.runs.get(counting, id)).state === 'done');
  });

  it('write nothing of a step that ended after its run was taken over', async () => {
    const go = Promise.withResolvers<void>();
    let begun = false;
    const stalled = replica(0, () => ((begun = true), go.promise));
    const heir = replica(1, () => {});
    const id = await stalled.runs.add(counting, { upTo: 5 });
    const work = stalled.advance(id);
    await until(() => begun);
    await stores[1]!.db.updateTable('run').set({ lease_until: 0 }).execute();
    await heir.advance(id);
    go.resolve();
    await work;
    expect(await heir.runs.get(counting, id)).toMatchObject({ state: 'done', at: { facts: { counted: 5 } } });
    expect((await heir.runs.steps(id)).filter(({ step }) => step === 'plan')).toHaveLength(1);
  });
});
