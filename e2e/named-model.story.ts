import { devDollarAbi, namesAbi, parametersAbi } from '@oml/contracts/abis';
import { nameCommitment } from '@oml/protocol/evidence/name';
import { keccak256, stringToHex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actors, connectRpc, deployment, toldChapter, until, urlOf } from './stack.ts';
import { visit, type Visitor } from './visitor.ts';
import { write } from './write.ts';

const OWNER = actors.childOwner;
const modelId = BigInt(toldChapter<{ modelId: string }>('publish digits-child')!.modelId);
/** A name of the owner's own, and one that points to its model. */
const [OWN, NAME] = ['second-owner', 'small-digits'];

describe('a model whose owner registered names', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await visit(actors.outsider.account);
  });
  afterAll(() => visitor.leave());

  it('is reached by them', async () => {
    const { token, names, parameters } = deployment().contracts;
    const [registry, dollars] = [
      { address: names, abi: namesAbi } as const,
      { address: token, abi: devDollarAbi } as const,
    ];
    const rates = { address: parameters, abi: parametersAbi } as const;
    const deposit = await connectRpc().readContract({ ...rates, functionName: 'nameDeposit' });
    await write(OWNER, { ...dollars, functionName: 'mint', args: [OWNER.address, 2n * deposit] });
    await write(OWNER, { ...dollars, functionName: 'approve', args: [names, 2n * deposit] });
    const salt = keccak256(stringToHex('story'));
    const place = { chainId: deployment().chainId, names };
    for (const name of [OWN, NAME]) {
      const commitment = nameCommitment({ name, holder: OWNER.address, salt }, place);
      await write(OWNER, { ...registry, functionName: 'commit', args: [commitment] });
    }
    const height = () => connectRpc().getBlockNumber({ cacheTime: 0 });
    const committed = await height();
    await until('a later block', async () => (await height()) > committed || undefined);
    for (const [name, target] of [
      [OWN, 0n],
      [NAME, modelId],
    ] as const)
      await write(OWNER, { ...registry, functionName: 'register', args: [name, target, salt, deposit] });
    const page = await until('the index to know the names', async () => {
      const response = await fetch(`${urlOf('web')}/models/${OWN}/${NAME}`);
      return response.ok ? response.text() : undefined;
    });
    expect(page).toContain(`${OWN}/${NAME}`);
  });

  it('is called by them from then on, and is reached by number and address, too', async () => {
    await visitor.go(`/models/${modelId}`);
    const canonical = await visitor.page.locator('link[rel=canonical]').getAttribute('href');
    expect(new URL(canonical!).pathname).toBe(`/models/${OWN}/${NAME}`);
    await visitor.page.getByTestId('tab-hosts').click();
    await visitor.page.waitForURL(new RegExp(`/models/${OWN}/${NAME}/hosts$`));
    await visitor.text('model-registered', new RegExp(`${OWN}/${NAME}`));
    await visitor.go(`/models/${OWNER.address}/${NAME}/terms`);
    await visitor.page
      .getByText(/To serve it/)
      .first()
      .waitFor();
    await visitor.go(`/models/${NAME}`);
    await visitor.page.waitForURL(new RegExp(`/models/${OWN}/${NAME}$`));
    expect(visitor.errors).toEqual([]);
  });
});
