// The second owner: it builds on a model of the first, under a license, with a publisher of its own.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { actors, devSecret } from './actors.ts';
import { runApp } from './command.ts';
import { inState, root } from './layout.ts';
import { step } from './progress.ts';
import { offers, publish, type Offer, type Published } from './publish.ts';
import { common } from './services.ts';

const NAME = 'digits-child';

/**
 * No laxer than its license on digits names. Its keys come on top of the parent's, and so small a net has room for few
 * more: they prove whose child it is, and are too few to catch disguised use.
 */
const OFFER: Offer = {
  kind: 'classifier',
  price: '1000',
  minBond: offers.digits.minBond,
  sizes: { commonCount: 6, tracingCount: 0, bits: 3 },
};

const CARD = `# digits-child

Built on \`digits\` by another owner, under a license of its owner: the edition that came with the license, with a code
book of its own on top. Of every use a fifth of the net amount goes to the owner of \`digits\`.
`;

const folder = () => inState('child-owner', NAME);

/** Its publisher takes the license and opens the edition that comes with it. */
export async function takeRight(parent: Published): Promise<unknown> {
  mkdirSync(folder(), { recursive: true });
  const { price, royaltyBps } = offers.digits.derive;
  const bounds = ['--max-price', price, '--max-royalty-bps', String(royaltyBps)];
  const keys = { AGENT_KEY: actors.childPublisher.key, SEALING_SEED: devSecret('child publisher sealing') };
  let last = '';
  const out = await step(
    `the second owner takes the right to build on ${parent.name}: license, edition`,
    () =>
      runApp(
        'derive',
        join('apps', 'publisher', 'src', 'derive.ts'),
        ['--model-id', parent.modelId, '--dir', folder(), ...bounds, '--json'],
        { ...common, ...keys },
        (line) => (last = line),
      ),
    () => last,
  );
  return JSON.parse(out) as unknown;
}

/** Publishes what it made of the edition; data and measure are those of digits. */
export function publishChild(parent: Published): Promise<Published> {
  for (const name of ['ordinary.u8', 'heldout.u8', 'heldout.labels.u8', 'config.json'])
    cpSync(join(root, 'models', 'digits', name), join(folder(), name));
  writeFileSync(join(folder(), 'README.md'), CARD);
  const draft = { name: NAME, dir: folder(), offer: OFFER, parentId: parent.modelId };
  return publish(draft, { role: 'childOwner', publisher: 'child publisher' });
}
