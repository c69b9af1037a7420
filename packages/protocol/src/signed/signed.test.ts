import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { BUYER, COURT, HOST } from '../../test-support/receipt-fixture.ts';
import { authorizationSigner, signAuthorization } from './authorization.ts';
import { demoChoiceSigner, demoChoiceTypedData } from './demo-choice.ts';
import { probeRequestSigner, signProbeRequest } from './probe-request.ts';
import { bodyHash, publishRequestSigner, signPublishRequest } from './publish-request.ts';
import { approvalChoiceSigner, approvalChoiceTypedData } from './approval-choice.ts';
import { releaseOrderSigner, releaseOrderTypedData } from './release-order.ts';
import { wearQuestionSigner, wearQuestionTypedData } from './wear-question.ts';
import { uploadPermissionSigner, uploadPermissionTypedData } from './upload-permission.ts';
import { bindingSigner, signBinding } from './signer-binding.ts';

const ID: Hex = `0x${'ab'.repeat(32)}`;
const uploadId = 'cd'.repeat(32);
const order = {
  name: 'fable',
  kind: 'classifier',
  files: { model: uploadId },
  fingerprints: { commonCount: 4, tracingCount: 0, bits: 3 },
  terms: { floorPrice: '1000', minBond: '5', ownerShareBps: 1, slashBps: 1, uri: '' },
  owner: BUYER.address,
} as const;
const payment = { from: BUYER.address, to: COURT, value: 5n, validAfter: 0n, validBefore: 9n, nonce: ID };
const token = { name: 'Dev Dollar', version: '1', chainId: 31_337, verifyingContract: COURT };

describe('who signed', () => {
  it('a probe request, for one registry and one batch', async () => {
    const registry = { chainId: 31_337, verifierRegistry: COURT };
    const signature = await signProbeRequest(ID, HOST, registry);
    expect(await probeRequestSigner(ID, signature, registry)).toBe(HOST.address);
    expect(await probeRequestSigner(ID, signature, { ...registry, chainId: 1 })).not.toBe(HOST.address);
    expect(await probeRequestSigner(`0x${'00'.repeat(32)}`, signature, registry)).not.toBe(HOST.address);
  });

  it('a publish request, whatever the order of its members, and no member changed', async () => {
    const registry = { chainId: 31_337, modelRegistry: COURT };
    const signature = await signPublishRequest(order, BUYER, registry);
    const turned = Object.fromEntries(Object.entries(order).reverse());
    expect(bodyHash(turned)).toBe(bodyHash(order));
    expect(await publishRequestSigner(turned, signature, registry)).toBe(BUYER.address);
    expect(await publishRequestSigner({ ...order, name: 'x' }, signature, registry)).not.toBe(BUYER.address);
  });

  it('an upload of these files and no others, to one publisher, until then', async () => {
    const registry = { chainId: 31_337, modelRegistry: COURT };
    const publisher = 'https://one.example';
    const permission = { publisher, files: [{ uploadId, bytes: 5 }], expiresAt: 9 };
    const signature = await BUYER.signTypedData(uploadPermissionTypedData(permission, registry));
    const signer = (changes: Partial<typeof permission>, chain = registry) =>
      uploadPermissionSigner({ ...permission, ...changes }, signature, chain);
    expect(await signer({})).toBe(BUYER.address);
    for (const files of [[{ uploadId, bytes: 6 }], [{ uploadId: 'ab'.repeat(32), bytes: 5 }], []])
      expect(await signer({ files })).not.toBe(BUYER.address);
    expect(await signer({ expiresAt: 10 })).not.toBe(BUYER.address);
    expect(await signer({ publisher: 'https://two.example' })).not.toBe(BUYER.address);
    expect(await signer({}, { ...registry, chainId: 1 })).not.toBe(BUYER.address);
  });

  it('the word on a demo edition, of one model and one time', async () => {
    const registry = { chainId: 31_337, modelRegistry: COURT };
    const choice = { modelId: 3n, given: true, askedAt: 9n };
    const signature = await BUYER.signTypedData(demoChoiceTypedData(choice, registry));
    expect(await demoChoiceSigner(choice, signature, registry)).toBe(BUYER.address);
    for (const changed of [{ modelId: 4n }, { given: false }, { askedAt: 8n }])
      expect(await demoChoiceSigner({ ...choice, ...changed }, signature, registry)).not.toBe(BUYER.address);
  });

  it('an order of a release, of this body', async () => {
    const registry = { chainId: 31_337, modelRegistry: COURT };
    const release = { modelId: '3', after: 1, graceSeconds: 60, owner: BUYER.address };
    const signature = await BUYER.signTypedData(releaseOrderTypedData(release, registry));
    expect(await releaseOrderSigner(release, signature, registry)).toBe(BUYER.address);
    for (const changed of [
      { modelId: '4' },
      { after: 2 },
      { graceSeconds: 61 },
      { owner: HOST.address },
      { panel: [] },
    ])
      expect(await releaseOrderSigner({ ...release, ...changed }, signature, registry)).not.toBe(BUYER.address);
  });

  it('the word on a licensee, of one license and one time', async () => {
    const registry = { chainId: 31_337, modelRegistry: COURT };
    const choice = { licenseId: 3n, approved: true, askedAt: 9n };
    const signature = await BUYER.signTypedData(approvalChoiceTypedData(choice, registry));
    expect(await approvalChoiceSigner(choice, signature, registry)).toBe(BUYER.address);
    for (const changed of [{ licenseId: 4n }, { approved: false }, { askedAt: 8n }])
      expect(await approvalChoiceSigner({ ...choice, ...changed }, signature, registry)).not.toBe(BUYER.address);
  });

  it('a question about a code book, of one model and one time', async () => {
    const registry = { chainId: 31_337, modelRegistry: COURT };
    const question = { modelId: 3n, askedAt: 9n };
    const signature = await BUYER.signTypedData(wearQuestionTypedData(question, registry));
    expect(await wearQuestionSigner(question, signature, registry)).toBe(BUYER.address);
    for (const changed of [{ modelId: 4n }, { askedAt: 8n }])
      expect(await wearQuestionSigner({ ...question, ...changed }, signature, registry)).not.toBe(BUYER.address);
  });

  it('a binding, for one account', async () => {
    const registry = { chainId: 31_337, licenseRegistry: COURT };
    const signature = await signBinding(HOST, BUYER.address, registry);
    expect(await bindingSigner(BUYER.address, signature, registry)).toBe(HOST.address);
    expect(await bindingSigner(COURT, signature, registry)).not.toBe(HOST.address);
  });

  it('a payment, of one token', async () => {
    const signature = await signAuthorization(payment, BUYER, token);
    expect(await authorizationSigner(payment, signature, token)).toBe(BUYER.address);
    expect(await authorizationSigner({ ...payment, value: 6n }, signature, token)).not.toBe(BUYER.address);
    expect(await authorizationSigner(payment, signature, { ...token, name: 'USDC' })).not.toBe(BUYER.address);
  });
});
