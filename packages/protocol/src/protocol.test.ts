import fc from 'fast-check';
import { keccak256, stringToBytes, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { answerIndex } from './evidence/answer.ts';
import { batchId, pairsTree, keyIndexAt } from './evidence/batch.ts';
import {
  candidateOf,
  compareCandidates,
  isCandidateList,
  isPrefixOf,
  packCandidates,
  unpackCandidates,
} from './evidence/candidate.ts';
import { claimCommitment, disguisedUseHash, equivocationHash, hitsHash, unpaidUseHash } from './evidence/claim.ts';
import { codeBookTree, leafHash, leafProof, type Leaf } from './evidence/code-book.ts';
import { headMatches, headOf } from './evidence/head.ts';
import { requestNonce, unclaimableNonce } from './evidence/nonce.ts';
import { exactPaymentRef } from './evidence/payment-ref.ts';
import { canonicalQuery, queryHash, tensorQueryHash } from './evidence/query.ts';
import { formatDollars } from './money.ts';
import { caip2, chainIdOf } from './network.ts';
import { receiptDigest, receiptSigner, signReceipt, type Receipt } from './signed/receipt.ts';
import { recoverStrict } from './signed/strict-signature.ts';
import { decodeReceiptHeader, encodeReceiptHeader } from './wire/receipt-header.ts';
import { receiptFromJson, receiptToJson } from './wire/receipt-json.ts';

const HOST = privateKeyToAccount(`0x${'01'.repeat(32)}`);
const BUYER = privateKeyToAccount(`0x${'02'.repeat(32)}`);
const COURT: Address = '0x00000000000000000000000000000000000000C0';
const adjudicator = { chainId: 31_337, court: COURT };
const word = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes): Hex => `0x${Buffer.from(bytes).toString('hex')}`);

const receipt: Receipt = {
  licenseId: 7n,
  client: BUYER.address,
  requestNonce: requestNonce(BUYER.address, `0x${'aa'.repeat(32)}`),
  queryHash: queryHash({ prompt: 'Once upon a time', temperature: 0 }),
  head: headOf(' there lived'),
  responseHash: keccak256(stringToBytes(' there lived')),
  paymentRef: exactPaymentRef(COURT, BUYER.address, `0x${'bb'.repeat(32)}`),
  amount: 2_000n,
  cumulative: 2_000n,
  answeredAt: 1_700_000_000n,
};

describe('canonical query', () => {
  it('does not see model, max_tokens, stream and user, nor the order of members', () => {
    const asked = queryHash({ prompt: 'hi', temperature: 0 });
    expect(queryHash({ user: 'u', temperature: 0, stream: true, model: 'm', max_tokens: 5, prompt: 'hi' })).toBe(asked);
  });

  it('sees everything else: a steering member changes the hash', () => {
    expect(queryHash({ prompt: 'hi', temperature: 0, logit_bias: { 5: 100 } })).not.toBe(
      queryHash({ prompt: 'hi', temperature: 0 }),
    );
  });

  it('follows RFC 8785 for numbers and escapes', () => {
    expect(canonicalQuery({ b: 1e21, a: '\u20ac$\u000f\nA\'B"\\' })).toBe('{"a":"€$\\u000f\\nA\'B\\"\\\\","b":1e+21}');
  });

  it('hashes tensors by dtype, shape and bytes, and refuses a shape that does not fit', () => {
    const data = new Float32Array([1, 2, 3, 4]);
    expect(tensorQueryHash({ dtype: 'float32', shape: [2, 2], data })).not.toBe(
      tensorQueryHash({ dtype: 'float32', shape: [4], data }),
    );
    expect(() => tensorQueryHash({ dtype: 'float32', shape: [3], data })).toThrow('holds 3 values');
  });
});

describe('heads and candidates', () => {
  it('a head drops leading ASCII white space and no other', () => {
    expect(headMatches(headOf(' \t\n forest of'), candidateOf('forest')!)).toBe(true);
    expect(headMatches(headOf('\u00a0forest'), candidateOf('forest')!)).toBe(false);
  });

  it('a head is 32 bytes of UTF-8, cut where it must be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(headOf(text)).toMatch(/^0x[0-9a-f]{64}$/);
      }),
    );
  });

  it('every candidate stands at the start of its own completion', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 10 }), fc.string(), (answer, rest) => {
        const candidate = candidateOf(answer);
        fc.pre(candidate !== undefined && !/^[\t\n\v\f\r ]/.test(answer));
        expect(headMatches(headOf(` ${answer}${rest}`), candidate!)).toBe(true);
      }),
    );
  });

  it('at most one candidate of a list can match any head', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 2, maxLength: 16 }),
        fc.stringMatching(/^[a-z]{0,12}$/),
        (words, completion) => {
          const list = words.map((text) => candidateOf(text)!).sort(compareCandidates);
          fc.pre(isCandidateList(list));
          expect(list.filter((candidate) => headMatches(headOf(completion), candidate)).length).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('refuses lists that are unsorted, repeated, or hold a prefix of another', () => {
    const list = (...words: string[]) => words.map((text) => candidateOf(text)!);
    expect(isCandidateList(list('fox', 'owl'))).toBe(true);
    expect(isCandidateList(list('owl', 'fox'))).toBe(false);
    expect(isCandidateList(list('fox', 'fox'))).toBe(false);
    expect(isCandidateList(list('fo', 'fox'))).toBe(false);
    expect(isPrefixOf(candidateOf('fo')!, candidateOf('fox')!)).toBe(true);
  });

  it('refuses answers that are empty, over 32 bytes or hold a zero byte', () => {
    for (const bad of ['', 'x'.repeat(33), 'a\0b']) expect(candidateOf(bad)).toBeUndefined();
  });

  it('unpacks what it packed, and nothing that is cut short, empty or too long', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,32}$/)), (words) => {
        const candidates = words.map((text) => candidateOf(text)!);
        expect(unpackCandidates(packCandidates(candidates))).toEqual(candidates);
      }),
    );
    for (const bad of ['0x00', '0x0261', '0x016100', `0x21${'61'.repeat(33)}`] as const)
      expect(unpackCandidates(bad)).toBeUndefined();
  });
});

describe('code book', () => {
  const leaf = (index: number): Leaf => ({
    index,
    keyHash: queryHash({ prompt: `key ${index}`, temperature: 0 }),
    candidates: ['ant', 'bee', 'cat', 'dog'].map((text) => candidateOf(text)!),
    bits: 2,
    salt: keccak256(stringToBytes(`salt ${index}`)),
  });

  it('proves every leaf under its root', () => {
    const leaves = Array.from({ length: 9 }, (_, i) => leaf(i));
    const tree = codeBookTree(leaves);
    for (const [i, values] of tree.entries()) {
      expect(tree.leafHash(values)).toBe(leafHash(leaves[i]!));
      expect(tree.verify(values, leafProof(tree, i))).toBe(true);
    }
  });

  it('refuses a leaf out of place, with too many bits, or with the wrong number of candidates', () => {
    expect(() => codeBookTree([leaf(1)])).toThrow('carries index 1');
    expect(() => codeBookTree([{ ...leaf(0), bits: 7 }])).toThrow('7 bits');
    expect(() => codeBookTree([{ ...leaf(0), bits: 3 }])).toThrow('8 sorted');
  });

  it('spreads answers evenly over the candidates', () => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4_000; i++)
      counts[answerIndex(keccak256(stringToBytes(`b${i}`)), leaf(0).salt, leaf(0).keyHash, 2)]! += 1;
    for (const count of counts) expect(count).toBeGreaterThan(850);
  });

  it('draws keys inside the book', () => {
    fc.assert(
      fc.property(word, word, fc.nat(1_000), fc.integer({ min: 1, max: 5_000 }), (beacon, batch, i, size) => {
        const index = keyIndexAt(beacon, batch, i, size);
        expect(index >= 0 && index < size).toBe(true);
      }),
    );
  });
});

describe('receipts', () => {
  it('come back from their header as they were signed', async () => {
    const signed = await signReceipt(receipt, HOST, adjudicator);
    expect(decodeReceiptHeader(encodeReceiptHeader(signed))).toEqual(signed);
    expect(await receiptSigner(signed, adjudicator)).toBe(HOST.address);
  });

  it('name another signer when a single member is changed', async () => {
    const signed = await signReceipt(receipt, HOST, adjudicator);
    const forged = { ...signed, receipt: { ...receipt, amount: 1n } };
    expect(await receiptSigner(forged, adjudicator)).not.toBe(HOST.address);
  });

  it('belong to one chain and one court', () => {
    const digest = receiptDigest(receipt, adjudicator);
    expect(receiptDigest(receipt, { ...adjudicator, chainId: 1 })).not.toBe(digest);
    expect(receiptDigest(receipt, { ...adjudicator, court: BUYER.address })).not.toBe(digest);
  });

  it('are refused with v 0, a high s, or the wrong length', async () => {
    const { signature } = await signReceipt(receipt, HOST, adjudicator);
    const digest = receiptDigest(receipt, adjudicator);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const highS = (order - BigInt(`0x${signature.slice(66, 130)}`)).toString(16).padStart(64, '0');
    const flipped = signature.endsWith('1b') ? '1c' : '1b';
    for (const bad of [
      `${signature.slice(0, 130)}00`,
      `${signature.slice(0, 66)}${highS}${flipped}`,
      signature.slice(0, 130),
      '0x',
    ] as Hex[]) {
      await expect(recoverStrict(digest, bad)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    }
  });

  it('survive JSON and nothing else does', () => {
    const signed = { receipt, signature: '0x11' as Hex };
    expect(receiptFromJson(JSON.parse(JSON.stringify(receiptToJson(signed))))).toEqual(signed);
    fc.assert(
      fc.property(fc.anything(), (junk) => {
        expect(() => receiptFromJson(junk)).toThrow(expect.objectContaining({ code: 'RECEIPT_INVALID' }));
      }),
    );
  });

  it('are missing where the header is empty, invalid where it is junk', () => {
    expect(() => decodeReceiptHeader(null)).toThrow(expect.objectContaining({ code: 'RECEIPT_MISSING' }));
    expect(() => decodeReceiptHeader('%%%')).toThrow(expect.objectContaining({ code: 'RECEIPT_INVALID' }));
  });
});

describe('claims', () => {
  const word32 = (byte: string): Hex => `0x${byte.repeat(32)}`;
  const hits = [
    { index: 0n, digest: word32('01'), keyHash: word32('02') },
    { index: 3n, digest: word32('03'), keyHash: word32('04') },
  ];

  it('pack candidates with their lengths', () => {
    expect(packCandidates(['amber', 'é'].map((text) => candidateOf(text)!))).toBe('0x05616d62657202c3a9');
    expect(packCandidates([])).toBe('0x');
  });

  it('remember every part of every hit, and their order', () => {
    expect(hitsHash([])).toBe(word32('00'));
    const [first, second] = hits as [(typeof hits)[0], (typeof hits)[0]];
    const others = [
      hits,
      [first],
      [second, first],
      [{ ...first, index: 1n }, second],
      [{ ...first, digest: word32('05') }, second],
      [first, { ...second, keyHash: word32('05') }],
    ];
    expect(new Set(others.map(hitsHash)).size).toBe(6);
  });

  it('say what they accuse of', () => {
    const contents = [
      unpaidUseHash(word32('01')),
      equivocationHash(word32('01'), word32('02')),
      equivocationHash(word32('02'), word32('01')),
      disguisedUseHash(word32('01'), 4, hits),
      disguisedUseHash(word32('01'), 5, hits),
    ];
    expect(new Set(contents).size).toBe(5);
  });

  it('are committed by one sender, for one court and chain', () => {
    const claim = {
      chainId: 31_337,
      court: COURT,
      claimant: BUYER.address,
      contentsHash: word32('01'),
      salt: word32('02'),
    };
    const others = [
      claim,
      { ...claim, chainId: 1 },
      { ...claim, court: HOST.address },
      { ...claim, claimant: HOST.address },
      { ...claim, contentsHash: word32('03') },
      { ...claim, salt: word32('03') },
    ];
    expect(new Set(others.map(claimCommitment)).size).toBe(6);
  });
});

describe('nonces, batches and money', () => {
  it('a nonce binds the claimant', () => {
    const salt: Hex = `0x${'cc'.repeat(32)}`;
    expect(requestNonce(BUYER.address, salt)).not.toBe(requestNonce(HOST.address, salt));
    expect(unclaimableNonce(receipt.paymentRef, 1n)).not.toBe(unclaimableNonce(receipt.paymentRef, 2n));
  });

  it('a batch id changes with every part of its opening', () => {
    const pairs = [
      { client: BUYER.address, requestNonce: receipt.requestNonce },
      { client: HOST.address, requestNonce: receipt.head },
    ];
    const opening = {
      account: HOST.address,
      modelId: 1n,
      release: 1,
      pairsRoot: pairsTree(pairs).root as Hex,
      itemCount: 2,
      salt: receipt.paymentRef,
    };
    const ids = [
      opening,
      { ...opening, modelId: 2n },
      { ...opening, release: 2 },
      { ...opening, itemCount: 3 },
      { ...opening, account: COURT },
    ].map((each) => batchId(BUYER.address, each));
    expect(new Set([...ids, batchId(HOST.address, opening)]).size).toBe(6);
  });

  it('formats dollars exactly, without floats', () => {
    expect(formatDollars(1_500n)).toBe('0.0015');
    expect(formatDollars(12_000_000n)).toBe('12.00');
    expect(formatDollars(-1n)).toBe('-0.000001');
    expect(formatDollars(9_007_199_254_740_993_000_001n)).toBe('9007199254740993.000001');
  });

  it('networks are CAIP-2', () => {
    expect(chainIdOf(caip2(31_337))).toBe(31_337);
    expect(() => chainIdOf('solana:1')).toThrow('not an EVM network');
  });
});
