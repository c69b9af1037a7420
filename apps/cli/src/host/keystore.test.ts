import { describe, expect, it } from 'vitest';
import { decryptSecret, encryptSecret, type Keystore } from './keystore.ts';

const SECRET = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d';

/** The test vector of the Web3 Secret Storage Definition whose password is `testpassword`. */
const PBKDF2: Keystore = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
    ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
    kdf: 'pbkdf2',
    kdfparams: {
      c: 262144,
      dklen: 32,
      prf: 'hmac-sha256',
      salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
    },
    mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  version: 3,
};
/** Of geth's own tests; its password is `foo`. */
const SCRYPT: Keystore = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: 'e0c41130a323adc1446fc82f724bca2f' },
    ciphertext: '9517cd5bdbe69076f9bf5057248c6c050141e970efa36ce53692d5d59a3984',
    kdf: 'scrypt',
    kdfparams: {
      dklen: 32,
      n: 2,
      r: 8,
      p: 1,
      salt: '711f816911c92d649fb4c84b047915679933555030b3552c1212609b38208c63',
    },
    mac: 'd5e116151c6aa71470e67a7d42c9620c75c4d23229847dcc127794f0732b0db5',
  },
  id: 'fecfc4ce-e956-48fd-953b-30f8b52ed66c',
  version: 3,
};

describe('a keystore', () => {
  it.each([
    ['pbkdf2', PBKDF2, 'testpassword', SECRET],
    ['scrypt', SCRYPT, 'foo', '0xfa7b3db73dc7dfdf8c5fbdb796d741e4488628c41fc4febd9160a866ba0f35'],
  ])('of another program is read: %s', async (_, file, password, secret) => {
    expect(await decryptSecret(file, password)).toBe(secret);
  });

  it('opens with its password and with no other, and tells a changed byte', async () => {
    const file = await encryptSecret(SECRET, 'right');
    expect(JSON.stringify(file)).not.toContain(SECRET.slice(2));
    expect(await decryptSecret(file, 'right')).toBe(SECRET);
    await expect(decryptSecret(file, 'wrong')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    const first = file.crypto.ciphertext.startsWith('0') ? '1' : '0';
    const changed = { ...file, crypto: { ...file.crypto, ciphertext: first + file.crypto.ciphertext.slice(1) } };
    await expect(decryptSecret(changed, 'right')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('that asks for too much memory, or is of another kind, is not worked on', async () => {
    const greedy = { ...SCRYPT, crypto: { ...SCRYPT.crypto, kdfparams: { ...SCRYPT.crypto.kdfparams, n: 1 << 28 } } };
    const strange = {
      ...SCRYPT,
      crypto: { ...SCRYPT.crypto, kdfparams: { ...SCRYPT.crypto.kdfparams, r: 1, n: 1 << 18 } },
    };
    for (const file of [greedy, strange, { ...SCRYPT, version: 1 } as unknown as Keystore, {} as Keystore])
      await expect(decryptSecret(file, 'testpassword')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});
