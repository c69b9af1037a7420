import { devDollarAbi } from '@oml/contracts/abis';
import { devKey, startDevChain, type DevChain } from '@oml/service/test-support/dev-chain';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestClient, http, zeroHash, type Address, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountOf, omlOn, type Told } from '../../test-support/chain-oml.ts';

const [OWNER, HOST, VERIFIER, OUTSIDER] = [devKey(1), devKey(2), devKey(3), devKey(4)];
const DOLLAR = 1_000_000n;
/** The dev chain's exit delay and unstake delay, and a second. */
const [EXIT_DELAY, UNSTAKE_DELAY] = [121, 61];
const CODE_BOOK = { root: `0x${'11'.repeat(32)}`, poseidonRoot: zeroHash, size: 64, commonSize: 64, bits: 6 };

const TERMS = {
  kind: 0,
  mode: 0,
  derivatives: false,
  approvalNeeded: true,
  ownerShareBps: 6000,
  slashBps: 5000,
  royaltyBps: 0,
  period: 0,
  auditPeriod: 0,
  price: '1000',
  bond: String(50n * DOLLAR),
  leakBond: 0,
  childPrice: 0,
  childBond: 0,
  uri: 'https://terms.example',
};

let chain: DevChain;
let oml: ReturnType<typeof omlOn>;
const test = () => createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) });

beforeAll(async () => {
  chain = await startDevChain();
  oml = omlOn(chain);
  for (const key of [OWNER, HOST, VERIFIER, OUTSIDER]) await mint(accountOf(key), 200n * DOLLAR);
});
afterAll(() => chain?.stop());

const token = () => ({ address: chain.deployment.contracts.token, abi: devDollarAbi }) as const;
const mint = (to: Address, amount: bigint) =>
  chain.as(OUTSIDER).send({ ...token(), functionName: 'mint', args: [to, amount] });
const held = (key: Hex): Promise<bigint> =>
  chain.as(key).publicClient.readContract({ ...token(), functionName: 'balanceOf', args: [accountOf(key)] });

async function wait(seconds: number): Promise<void> {
  await test().increaseTime({ seconds });
  await test().mine({ blocks: 1 });
}

async function jsonFile(name: string, value: unknown): Promise<string> {
  const file = join(chain.scratch, `${name}.json`);
  await writeFile(file, JSON.stringify(value));
  return file;
}

/** Does what must succeed. */
async function done(key: Hex, ...argv: string[]): Promise<Report> {
  const { code, value, err } = await oml(key, ...argv);
  expect(code, `oml ${argv.join(' ')}: ${err}`).toBe(0);
  return value as unknown as Report;
}
interface Report {
  moved: string;
  gas: string;
  costWei: string;
  steps: { function: string; tx?: Hex; refused?: string; effects: { event: string; args: Record<string, string> }[] }[];
}
const toldOf = ({ steps }: Report, event: string): Record<string, string> =>
  steps.flatMap(({ effects }) => effects).find((effect) => effect.event === event)!.args;

/** Rehearses, does the same, and holds both against each other and against what the account has. */
async function pressed(key: Hex, ...argv: string[]): Promise<bigint> {
  const before = await held(key);
  const rehearsed = await done(key, ...argv, '--dry-run');
  expect(await held(key)).toBe(before);
  expect(BigInt(rehearsed.costWei)).toBeGreaterThan(0n);
  expect(rehearsed.steps.filter(({ tx }) => tx)).toEqual([]);
  const sent = await done(key, ...argv);
  expect(sent.steps.map((step) => step.function)).toEqual(rehearsed.steps.map((step) => step.function));
  expect(sent.moved).toBe(rehearsed.moved);
  const moved = (await held(key)) - before;
  expect(String(moved)).toBe(sent.moved);
  return moved;
}

const refusal = ({ code, value, err }: Told) => ({
  code,
  name: (value['error'] as never)?.['details']?.['errorName'],
  err,
});

describe('a model and its license, by commands alone', () => {
  it('is published: terms, code book, beacon, mint', async () => {
    const terms = await jsonFile('terms', TERMS);
    const { termsId } = toldOf(await done(OWNER, 'model', 'terms', terms), 'TermsRegistered');
    const committed = await done(OWNER, 'model', 'commit', await jsonFile('book', CODE_BOOK));
    expect(committed.steps.map((step) => step.function)).toEqual(['approve', 'commitCodeBook']);
    const { round } = toldOf(committed, 'CodeBookCommitted');
    await test().mine({ blocks: 3 });
    await done(OUTSIDER, 'verifier', 'beacon', round!);
    expect((await oml(OUTSIDER, 'verifier', 'beacon', round!)).value).toMatchObject({ steps: [] });
    const me = accountOf(OWNER);
    const params = { codeBook: CODE_BOOK, owner: me, agent: me, weightsDigest: zeroHash, controlPanelDigest: zeroHash };
    const rest = { offers: [Number(termsId), 0, 0], parents: [], resaleBps: 0, uri: 'https://publisher.example' };
    const file = await jsonFile('mint', { ...params, ...rest });
    expect(toldOf(await done(OWNER, 'model', 'mint', file), 'ModelMinted')).toMatchObject({ modelId: '1', owner: me });
  });

  it('is licensed: bond, acceptance, approval, delivery, activation', async () => {
    expect(await pressed(HOST, 'license', 'bond', 'post', '60')).toBe(-60n * DOLLAR);
    const taken = await done(HOST, 'license', 'take', '1', 'serve', '--endpoint', 'https://host.example');
    expect(toldOf(taken, 'LicenseAccepted')).toMatchObject({ licenseId: '1', account: accountOf(HOST) });
    await done(OWNER, 'license', 'approve', '1');
    await done(OWNER, 'license', 'deliver', '1', '1', `0x${'22'.repeat(32)}`);
    await done(HOST, 'license', 'activate', '1');
    expect((await oml(undefined, 'license', 'show', '1')).value).toMatchObject({ state: 'active', kind: 'serve' });
    expect((await oml(undefined, 'license', 'list')).value).toMatchObject({ licenses: [{ licenseId: '1' }] });
    expect((await oml(undefined, 'host', 'show', accountOf(HOST))).value).toMatchObject({
      bond: String(60n * DOLLAR),
      free: String(10n * DOLLAR),
      serves: ['1'],
    });
  });

  it('is offered at another price, paused, shared and handed on', async () => {
    await pressed(OWNER, 'model', 'price', '1', 'serve', '0.002');
    expect((await oml(undefined, 'model', 'show', '1')).value).toMatchObject({
      offers: { serve: { termsId: 2, price: '2000', approvalNeeded: true } },
    });
    const odd = async (price: string, ...more: string[]) => {
      const { code, err } = await oml(OWNER, 'model', 'price', '1', 'serve', price, '--dry-run', ...more);
      return code === 0 ? code : err;
    };
    expect(await odd('2000')).toMatch(/looks like a slip: .* 1000000 times the \$0\.002 .* be \$0\.002/);
    expect(await odd('0')).toContain('it asks nothing');
    expect(await odd('0.0001')).toContain('20 times less');
    expect(await odd('0.0001', '--most-times', '20')).toBe(0);
    expect(await odd('2000', '--force')).toBe(0);
    await done(OWNER, 'model', 'price', '1', 'serve', '0.001');
    await done(OWNER, 'model', 'pause', '1', 'serve');
    expect((await oml(undefined, 'model', 'show', '1')).value).toMatchObject({ offers: {} });
    await done(OWNER, 'model', 'offer', '1', 'serve', '1');
    await done(OWNER, 'model', 'payees', '1', `${accountOf(OWNER)}=75`, `${accountOf(OUTSIDER)}=25`);
    expect((await oml(undefined, 'model', 'show', '1')).value).toMatchObject({
      payees: [{ bps: 7500 }, { bps: 2500 }],
    });
    await done(OWNER, 'model', 'payees', '1');
  });
});

describe('every way out for money', () => {
  it('pays the owner and the host what a vault took in', async () => {
    const vault = ((await oml(undefined, 'license', 'show', '1')).value as unknown as { vault: Address }).vault;
    await chain.as(OUTSIDER).send({ ...token(), functionName: 'transfer', args: [vault, 10n * DOLLAR] });
    // A dollar is 2.5 % fee, 2.5 % pool, and of the rest 60 % the owner's.
    expect(await pressed(OWNER, 'model', 'payout', '1')).toBe(5_700_000n);
    expect(await pressed(HOST, 'host', 'payout')).toBe(3_800_000n);
    expect((await done(OWNER, 'model', 'payout', '1')).steps).toEqual([]);
    await done(OUTSIDER, 'license', 'payout', '1');
    expect((await oml(undefined, 'model', 'show', '1')).value).toMatchObject({ inspectionPool: '250000' });
  });

  it('books what is lacking of a payment, which anybody can look up by its hash', async () => {
    const [reference, client] = [`0x${'33'.repeat(32)}`, accountOf(OUTSIDER)];
    expect((await oml(undefined, 'receipt', 'show', reference)).value).toMatchObject({ error: { code: 'NOT_FOUND' } });
    expect(await pressed(HOST, 'license', 'book-shortfall', '1', reference, client, '0.5')).toBe(-DOLLAR / 2n);
    expect(await pressed(HOST, 'license', 'book-shortfall', '1', reference, client, '0.75')).toBe(-DOLLAR / 4n);
    expect((await oml(undefined, 'receipt', 'show', reference)).value).toMatchObject({
      booked: [{ licenseId: '1', client, total: '750000' }],
      claims: [],
    });
    expect((await oml(undefined, 'claim', 'list')).value).toEqual({ claims: [] });
  });

  it('gives a verifier its stake back', async () => {
    expect(await pressed(VERIFIER, 'verifier', 'stake', '20')).toBe(-20n * DOLLAR);
    await done(VERIFIER, 'verifier', 'leave');
    expect(refusal(await oml(VERIFIER, 'verifier', 'unstake'))).toMatchObject({
      code: 1,
      name: 'VerifierRegistry_TooEarly',
      err: expect.stringMatching(/^CHAIN_REVERTED: That is possible from 20\d\d-/),
    });
    await wait(UNSTAKE_DELAY);
    expect(await pressed(VERIFIER, 'verifier', 'unstake')).toBe(20n * DOLLAR);
  });

  it('gives a claimant back what it keeps in the court', async () => {
    expect(await pressed(VERIFIER, 'claim', 'deposit', '2')).toBe(-2n * DOLLAR);
    expect(await pressed(VERIFIER, 'claim', 'withdraw', '2')).toBe(2n * DOLLAR);
  });

  it('gives an owner its title bond back', async () => {
    expect(await pressed(OWNER, 'model', 'bond', 'post', '1', '20')).toBe(-20n * DOLLAR);
    await done(OWNER, 'model', 'bond', 'announce', '1', '20');
    await wait(EXIT_DELAY);
    expect(await pressed(OWNER, 'model', 'bond', 'withdraw', '1')).toBe(20n * DOLLAR);
  });

  it('gives a host its bond back once its license is closed', async () => {
    await done(HOST, 'license', 'close', '1');
    await wait(EXIT_DELAY);
    await done(OUTSIDER, 'license', 'finish', '1');
    await done(HOST, 'license', 'bond', 'announce', '60');
    await wait(EXIT_DELAY);
    expect(await pressed(HOST, 'license', 'bond', 'withdraw')).toBe(60n * DOLLAR);
  });
});

describe('a rehearsal', () => {
  it('says in words what a contract would refuse, and ends with 1', async () => {
    const { code, value } = await oml(OUTSIDER, 'license', 'approve', '1', '--dry-run');
    expect([code, value['refused']]).toEqual([1, 'Only the model’s owner or agent delivers editions.']);
    const sent = await oml(OUTSIDER, 'license', 'approve', '1');
    expect(sent).toMatchObject({ code: 1, err: expect.stringContaining('Only the model’s owner or agent') });
  });

  it('needs no key, and nobody sends for an address alone', async () => {
    const from = ['--from', accountOf(OWNER)];
    const { code, value } = await oml(undefined, 'model', 'pause', '1', 'serve', '--dry-run', ...from);
    expect([code, value]).toMatchObject([
      0,
      { dryRun: true, from: accountOf(OWNER), steps: [{ function: 'setOffer' }] },
    ]);
    expect(await oml(undefined, 'model', 'pause', '1', 'serve', ...from)).toMatchObject({
      code: 1,
      err: expect.stringContaining('--dry-run'),
    });
  });

  it('names the member of a file that is wrong', async () => {
    const wrong = async (changes: object) =>
      (await oml(OWNER, 'model', 'commit', await jsonFile('wrong', { ...CODE_BOOK, ...changes }))).err;
    expect(await wrong({ size: 'many' })).toContain('wrong.json: size is not a whole number (uint32)');
    expect(await wrong({ root: '0x12' })).toContain('root is not bytes32, as hex');
    expect(await wrong({ colour: 1 })).toContain('has a member "colour" that is not known');
    expect(await wrong({ bits: 256 })).toContain('bits is not a whole number (uint8)');
  });
});
