import { describe, expect, it, vi } from 'vitest';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { receiveTypedData, signAuthorization } from '@oml/protocol/signed/authorization';
import { newKey } from './own-key.ts';
import { sealedTexts } from './sealed-texts.ts';
import { depositsOnly, sessionsOn, type SessionHost } from './sessions.ts';

const [ACCOUNT, OTHER, VAULT] = [`0x${'a1'.repeat(20)}`, `0x${'a2'.repeat(20)}`, `0x${'Ab'.repeat(20)}`] as const;
const shelf = { account: ACCOUNT, genesis: `0x${'9e'.repeat(32)}` } as const;
const deployment = { chainId: 31337 } as Deployment;
const host: SessionHost = {
  licenseId: 7n,
  vault: VAULT,
  endpoint: 'https://host.example',
  model: 'fable',
  kind: 'language',
  budget: 500_000n,
  isStopped: false,
};

/** As a browser's storage is, with all that lies there. */
function storage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
  };
}
const keyed = async () => {
  const key = await newKey();
  return () => Promise.resolve(key);
};

describe('sealed texts', () => {
  it('say nothing to whoever reads the storage, and open only with their key and in their place', async () => {
    const place = storage();
    const key = await keyed();
    const texts = sealedTexts(place, 'oml.session', key);
    await texts.write('one', 'the secret of a session');
    const [[name, sealed]] = [...place.kept] as [[string, string]];
    expect(atob(sealed)).not.toContain('secret');
    expect(await texts.read('one')).toBe('the secret of a session');
    expect(await sealedTexts(place, 'oml.session', await keyed()).read('one')).toBeUndefined();
    place.setItem(name.replace('one', 'two'), sealed);
    expect(await texts.read('two')).toBeUndefined();
    place.setItem(name, 'no base64!');
    expect(await texts.read('one')).toBeUndefined();
    texts.forget('one');
    expect(place.getItem(name)).toBeNull();
  });

  it('are sealed by a key that no script can take away', async () =>
    expect(crypto.subtle.exportKey('raw', await newKey())).rejects.toThrow());
});

describe('the sessions of an account', () => {
  it('keep one key for all hosts, also when both are opened at once, and each account has its own', async () => {
    const [place, key] = [storage(), await keyed()];
    const sessions = sessionsOn(shelf, place, key);
    const [first, second] = await Promise.all([sessions.channel(1n), sessions.channel(2n), sessions.keep(host)]);
    expect(second.sessionKey.address).toBe(first.sessionKey.address);
    expect(second.store).toBe(first.store);
    expect(await sessions.hosts()).toEqual([host]);
    const others = sessionsOn({ ...shelf, account: OTHER }, place, key);
    expect(await others.hosts()).toEqual([]);
    expect((await others.channel(1n)).sessionKey.address).not.toBe(first.sessionKey.address);
    expect([...place.kept.values()].join()).not.toContain('fable');
  });

  it('find the channel that the SDK keeps, and forget it with the session', async () => {
    const [place, key] = [storage(), await keyed()];
    const sessions = sessionsOn(shelf, place, key);
    await sessions.keep(host);
    const { store, sessionKey } = await sessions.channel(1n);
    const name = [31337, ACCOUNT, sessionKey.address, VAULT].map(String).join('-').toLowerCase();
    const record = { channelId: `0x${'01'.repeat(32)}`, config: {} as never, charged: 9n } as const;
    await store.save(name, record);
    expect(await sessions.recordOf(VAULT, deployment)).toEqual(record);
    await sessions.keep({ ...host, isStopped: true });
    expect(await sessions.hostOf(VAULT.toLowerCase() as typeof VAULT)).toMatchObject({ isStopped: true });
    await sessions.forget(VAULT, deployment);
    expect(await sessions.hosts()).toEqual([]);
    expect(await sessions.recordOf(VAULT, deployment)).toBeUndefined();
    expect(place.kept.size).toBe(1); // the session key stays for the next one
  });
});

describe('what a wallet signs for a session', () => {
  const domain = { name: 'Dev Dollar', version: '1', chainId: 31337, verifyingContract: VAULT };
  const transfer = (value: bigint) => ({
    from: ACCOUNT,
    to: VAULT,
    value,
    validAfter: 0n,
    validBefore: 1n,
    nonce: shelf.genesis,
  });

  it('is a deposit of its budget at most, and nothing else', async () => {
    const sign = vi.fn(async () => '0x12' as const);
    const asked = depositsOnly(sign, 500n);
    const deposit = (value: bigint) => asked(receiveTypedData(transfer(value), domain) as never);
    expect(await deposit(500n)).toBe('0x12');
    await expect(deposit(501n)).rejects.toMatchObject({ code: 'PAYMENT_REQUIRED' });
    const payment = signAuthorization(transfer(1n), { signTypedData: asked as never }, domain);
    await expect(payment).rejects.toMatchObject({ code: 'PAYMENT_REQUIRED' });
    expect(sign).toHaveBeenCalledTimes(1);
  });
});
