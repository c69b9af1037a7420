import { anchorProof, anchorTree } from '@oml/protocol/evidence/anchor';
import { answerIndex } from '@oml/protocol/evidence/answer';
import { batchId, pairsTree, keyIndexAt } from '@oml/protocol/evidence/batch';
import { isReceiptBooked } from '@oml/protocol/evidence/booked';
import { candidateOf, isCandidateList, packCandidates } from '@oml/protocol/evidence/candidate';
import {
  claimCommitment,
  claimIdOf,
  disguisedUseHash,
  equivocationHash,
  unpaidUseHash,
} from '@oml/protocol/evidence/claim';
import { candidatesHash, codeBookTree, leafHash, leafProof, type Leaf } from '@oml/protocol/evidence/code-book';
import { headMatches, headOf } from '@oml/protocol/evidence/head';
import { anchorLeaf, pairLeaf, rootFrom } from '@oml/protocol/evidence/leaves';
import { requestNonce, unclaimableNonce } from '@oml/protocol/evidence/nonce';
import { exactPaymentRef } from '@oml/protocol/evidence/payment-ref';
import { batchScore, hitPoints } from '@oml/protocol/evidence/score';
import { receiptDigest, signReceipt, type Receipt } from '@oml/protocol/signed/receipt';
import { signBinding } from '@oml/protocol/signed/signer-binding';
import { keccak256, toHex, zeroHash, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { beaconVectors } from './beacon-vectors.ts';

const CHAIN_ID = 31337;
const COURT: Address = '0x00000000000000000000000000000000000c0047';
const REGISTRY: Address = '0x00000000000000000000000000000000004e6157';
const TOKEN: Address = '0x0000000000000000000000000000000000d0113a';
const CLIENT: Address = '0x00000000000000000000000000000000000bd7e4';
const CLAIMANT: Address = '0x00000000000000000000000000000000000c1a13';
const ACCOUNT: Address = '0x00000000000000000000000000000000000acc7a';
const SIGNER = privateKeyToAccount(word('signer'));

/** Inputs and results of every hash that TypeScript and Solidity must agree on; integers as decimal strings. */
export async function makeVectors() {
  return {
    receipt: await receiptVector(),
    binding: {
      account: ACCOUNT,
      registry: REGISTRY,
      signer: SIGNER.address,
      signature: await signBinding(SIGNER, ACCOUNT, { chainId: CHAIN_ID, licenseRegistry: REGISTRY }),
    },
    requestNonce: {
      claimant: CLAIMANT,
      salt: word('salt'),
      nonce: requestNonce(CLAIMANT, word('salt')),
      unclaimable: unclaimableNonce(word('channel'), 12_000n),
    },
    payment: {
      token: TOKEN,
      from: CLIENT,
      nonce: word('authorization'),
      paymentRef: exactPaymentRef(TOKEN, CLIENT, word('authorization')),
    },
    anchor: anchorVector(),
    batch: batchVector(),
    codeBook: codeBookVector(),
    claim: claimVector(),
    heads: headVectors(),
    candidateLists: candidateListVectors(),
    booked: bookedVectors(),
    score: scoreVectors(),
    beacon: beaconVectors(),
  };
}

async function receiptVector() {
  const receipt: Receipt = {
    licenseId: 7n,
    client: CLIENT,
    requestNonce: requestNonce(CLAIMANT, word('salt')),
    queryHash: word('query'),
    head: headOf(' Grüße aus der Fabel'),
    responseHash: word('response'),
    paymentRef: word('channel'),
    amount: 1_500n,
    cumulative: 12_000n,
    answeredAt: 1_790_000_000n,
  };
  const { signature } = await signReceipt(receipt, SIGNER, { chainId: CHAIN_ID, court: COURT });
  const { licenseId, amount, cumulative, answeredAt, ...words } = receipt;
  return {
    chainId: String(CHAIN_ID),
    court: COURT,
    ...words,
    licenseId: String(licenseId),
    amount: String(amount),
    cumulative: String(cumulative),
    answeredAt: String(answeredAt),
    digest: receiptDigest(receipt, { chainId: CHAIN_ID, court: COURT }),
    signer: SIGNER.address,
    signature,
  };
}

function anchorVector() {
  const digests = Array.from({ length: 5 }, (_, i) => word(`digest ${i}`));
  const tree = anchorTree(digests);
  const leaf = anchorLeaf(digests[3]!);
  const proof = anchorProof(tree, digests[3]!);
  return { digest: digests[3]!, leaf, root: rootFrom(leaf, proof), proof };
}

function batchVector() {
  const pairs = Array.from({ length: 6 }, (_, i) => ({ client: CLIENT, requestNonce: word(`nonce ${i}`) }));
  const tree = pairsTree(pairs);
  const opening = {
    account: ACCOUNT,
    modelId: 3n,
    release: 2,
    licenseIds: [5n, 8n, 2n ** 200n],
    itemCount: pairs.length,
    pairsRoot: tree.root as Hex,
    salt: word('batch'),
  };
  const index = 4;
  const id = batchId(CLAIMANT, opening);
  return {
    verifier: CLAIMANT,
    account: opening.account,
    modelId: String(opening.modelId),
    release: String(opening.release),
    licenseIds: opening.licenseIds.map(String),
    itemCount: String(opening.itemCount),
    pairsRoot: opening.pairsRoot,
    salt: opening.salt,
    batchId: id,
    index: String(index),
    ...pairs[index]!,
    leaf: pairLeaf(BigInt(index), CLIENT, pairs[index]!.requestNonce),
    proof: tree.getProof(index),
    beacon: word('batch beacon'),
    commonSize: '40',
    keyIndex: String(keyIndexAt(word('batch beacon'), id, index, 40)),
  };
}

function codeBookVector() {
  const leaves = Array.from({ length: 9 }, (_, i) => leafAt(i));
  const tree = codeBookTree(leaves);
  const { index, bits, candidates, ...leaf } = leaves[5]!;
  return {
    index: String(index),
    bits: String(bits),
    ...leaf,
    candidates: packCandidates(candidates),
    candidatesHash: candidatesHash(candidates),
    leafHash: leafHash(leaves[5]!),
    root: tree.root,
    proof: leafProof(tree, 5),
    beacon: word('code book beacon'),
    answerIndex: String(answerIndex({ root: tree.root as Hex, beacon: word('code book beacon') }, leaves[5]!)),
  };
}

function claimVector() {
  const [digest, witness, batch, salt] = ['accused', 'witness', 'batch id', 'claim'].map(word) as [Hex, Hex, Hex, Hex];
  const contents = disguisedUseHash(batch, 9);
  return {
    claimant: CLAIMANT,
    digest,
    witness,
    batch,
    salt,
    itemCount: '9',
    unpaidUse: unpaidUseHash([digest]),
    unpaidUses: unpaidUseHash([digest, witness]),
    claimId: claimIdOf([digest]),
    claimIdOfTwo: claimIdOf([digest, witness]),
    equivocation: equivocationHash(digest, witness),
    disguisedUse: contents,
    commitment: claimCommitment({ chainId: CHAIN_ID, court: COURT, claimant: CLAIMANT, contentsHash: contents, salt }),
  };
}

function leafAt(index: number): Leaf {
  const candidates = ['amber', 'birch', 'cedar', 'dune', 'elm', 'fern', 'gorse', 'heath'].map((answer) =>
    candidateOf(`${answer} ${index}`)!,
  );
  return { index, keyHash: word(`key ${index}`), candidates, bits: 3, salt: word(`leaf ${index}`) };
}

function headVectors() {
  const cases: [string, string][] = [
    ['amber', 'amber'],
    ['\n\t amber and more than thirty-two bytes of it', 'amber'],
    ['Amber', 'amber'],
    ['ambe', 'amber'],
    ['a line of exactly thirty-two byte', 'a line of exactly thirty-two byt'],
    ['übermut', 'ü'],
    ['', 'a'],
  ];
  return cases.map(([completion, answer]) => {
    const head = headOf(completion);
    const candidate = candidateOf(answer)!;
    return { head, candidate, packed: packCandidates([candidate]), matches: headMatches(head, candidate) };
  });
}

function candidateListVectors() {
  const lists: Hex[][] = [
    ['amber', 'birch'].map((answer) => candidateOf(answer)!),
    ['birch', 'amber'].map((answer) => candidateOf(answer)!),
    ['amber', 'amber'].map((answer) => candidateOf(answer)!),
    ['am', 'amber'].map((answer) => candidateOf(answer)!),
    ['amber', 'ambit', 'amble', 'ambry'].map((answer) => candidateOf(answer)!),
    [toHex('', { size: 32 }), candidateOf('amber')!],
    [candidateOf('amber')!, '0x616d62657200ff00000000000000000000000000000000000000000000000000'],
  ];
  return lists.map((candidates) => ({
    packed: packCandidates(candidates),
    count: String(candidates.length),
    valid: isCandidateList(candidates),
  }));
}

/** One receipt against what a vault has booked; `hasCode` false: the vault has not been deployed. */
function bookedVectors() {
  const sound = {
    paymentRef: word('channel'),
    client: CLIENT,
    amount: 1_500n,
    cumulative: 12_000n,
    floorPrice: 1_500n,
    booked: { client: CLIENT, total: 12_000n },
    hasCode: true,
  };
  const cases: Partial<typeof sound>[] = [
    {},
    { booked: { client: CLIENT, total: 11_999n } },
    { booked: { client: CLAIMANT, total: 12_000n } },
    { booked: { client: CLIENT, total: 0n } },
    { amount: 12_000n },
    { amount: 12_001n },
    { amount: 1_499n },
    { amount: 0n, cumulative: 0n, floorPrice: 0n, booked: { client: CLIENT, total: 0n } },
    { paymentRef: zeroHash },
    { hasCode: false },
  ];
  return cases.map((changes) => {
    const { booked, hasCode, floorPrice, ...receipt } = { ...sound, ...changes };
    return {
      paymentRef: receipt.paymentRef,
      client: receipt.client,
      amount: String(receipt.amount),
      cumulative: String(receipt.cumulative),
      floorPrice: String(floorPrice),
      bookedClient: booked.client,
      bookedTotal: String(booked.total),
      hasCode,
      isBooked: isReceiptBooked(receipt, hasCode && booked.client === receipt.client ? booked.total : 0n, floorPrice),
    };
  });
}

function scoreVectors() {
  const batches = [
    { hits: 0, items: 1, bits: 6, licenses: 0 },
    { hits: 1, items: 1, bits: 6, licenses: 1 },
    { hits: 8, items: 8, bits: 6, licenses: 3 },
    { hits: 7, items: 33, bits: 4, licenses: 2 },
    { hits: 256, items: 256, bits: 1, licenses: 9 },
  ];
  return batches.map(({ hits, items, bits, licenses }) => ({
    hits: String(hits),
    items: String(items),
    bits: String(bits),
    licenses: String(licenses),
    score: String(batchScore({ hits, items, points: hitPoints(bits, licenses) })),
  }));
}

function word(text: string): Hex {
  return keccak256(toHex(text));
}
