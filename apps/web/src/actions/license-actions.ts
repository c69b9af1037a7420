import { revenueVaultAbi } from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { LICENSE_STATE, suspensionName, type SuspensionName } from '@oml/protocol/chain/license-state';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { isDev } from '@oml/protocol/chain/deployment';
import { urlFault } from '@oml/protocol/wire/public-url';
import { callOf, only, timeOf, type Action, type Who } from './action.ts';
import { contractsOf, type Reader } from './contracts.ts';
import { accountField, accountOf, countField } from './fields.ts';

const MOST_PERIODS = 24;
/** Causes for which anyone suspends a license. */
const ANYONES: ReadonlySet<SuspensionName | undefined> = new Set(['lapsed', 'uncovered', 'outdated'] as const);

/** What the chain says of a license now. */
export async function readLicense(reader: Reader, deployment: Deployment, licenseId: bigint) {
  const { licenses, models, terms, titles } = contractsOf(deployment);
  const args = [licenseId] as const;
  const [license, reason, cover] = await Promise.all([
    reader.readContract({ ...licenses, functionName: 'license', args }),
    reader.readContract({ ...licenses, functionName: 'suspensionOf', args }),
    reader.readContract({ ...titles, functionName: 'coverOf', args }),
  ]);
  const [asked, { agent }, owner, title, code] = await Promise.all([
    reader.readContract({ ...terms, functionName: 'terms', args: [license.termsId] }),
    reader.readContract({ ...models, functionName: 'model', args: [license.modelId] }),
    reader.readContract({ ...models, functionName: 'ownerOf', args: [license.modelId] }),
    reader.readContract({ ...titles, functionName: 'titleBondOf', args: [license.modelId] }),
    reader.getCode({ address: license.vault }),
  ]);
  const suspension = suspensionName(reason);
  return {
    licenseId,
    ...license,
    suspension,
    cover,
    terms: asked,
    deliverers: [owner, agent],
    title,
    hasVault: !!code,
  };
}

export type LicenseFacts = Awaited<ReturnType<typeof readLicense>>;

const OVER: readonly number[] = [LICENSE_STATE.CLOSED, LICENSE_STATE.SLASHED];
const OPEN: readonly number[] = [
  LICENSE_STATE.REQUESTED,
  LICENSE_STATE.BONDED,
  LICENSE_STATE.DELIVERED,
  LICENSE_STATE.ACTIVE,
  LICENSE_STATE.SUSPENDED,
];

/** What can be done about one license, by its host, by the model's owner, by anyone. */
export function licenseActions(deployment: Deployment, facts: LicenseFacts): Action[] {
  const host: Who = { accounts: [facts.account], word: 'the host' };
  return [
    ...requestActions(deployment, facts),
    ...lifeActions(deployment, facts, host),
    ...endActions(deployment, facts, host),
    ...coverActions(deployment, facts),
  ];
}

/** While the owner has not said whom it licenses. */
function requestActions(deployment: Deployment, { licenseId, state, deliverers }: LicenseFacts): Action[] {
  if (state !== LICENSE_STATE.REQUESTED) return [];
  const { licenses } = contractsOf(deployment);
  const who: Who = { accounts: deliverers, word: 'the owner or its agent' };
  const args = [licenseId] as const;
  return [
    {
      id: `license-approve-${licenseId}`,
      rows: [16],
      title: 'Approve',
      effect: `Lets the licensee of license ${licenseId} in; its edition is made next.`,
      who,
      next: 'The publisher delivers its edition.',
      steps: only(callOf({ ...licenses, functionName: 'approveLicense', args })),
    },
    {
      id: `license-decline-${licenseId}`,
      rows: [16],
      title: 'Decline',
      effect: `Refuses license ${licenseId}: everything that was paid goes back.`,
      who,
      steps: only(callOf({ ...licenses, functionName: 'decline', args })),
    },
  ];
}

function lifeActions(deployment: Deployment, facts: LicenseFacts, host: Who): Action[] {
  const { licenses } = contractsOf(deployment);
  const { licenseId, state, kind, terms, delivered, activated, suspension, vault } = facts;
  const args = [licenseId] as const;
  const actions: Action[] = [];
  if (!OPEN.includes(state)) return actions;
  if (kind === TERMS_KIND.SERVE)
    actions.push({
      id: `license-endpoint-${licenseId}`,
      rows: [27],
      title: 'Change the address',
      effect: `Buyers of license ${licenseId} ask there from now on.`,
      who: host,
      fields: [endpointField(isDev(deployment))],
      steps: ({ endpoint = '' }) => [
        { call: callOf({ ...licenses, functionName: 'setEndpoint', args: [licenseId, trimmed(endpoint)] }) },
      ],
    });
  if (delivered > activated)
    actions.push({
      id: `license-activate-${licenseId}`,
      rows: [26],
      title: 'Take up the edition',
      effect: `License ${licenseId} is in use with release ${delivered} from now on.`,
      who: host,
      ...(timeOf(facts.activateBy) ? { until: timeOf(facts.activateBy)! } : {}),
      steps: only(callOf({ ...licenses, functionName: 'activate', args })),
    });
  if (kind === TERMS_KIND.PRIVATE)
    actions.push({
      id: `license-renew-${licenseId}`,
      rows: [28],
      title: 'Renew',
      effect: `Pays license ${licenseId} for more periods; anyone may.`,
      who: 'anyone',
      ...(timeOf(facts.paidUntil) ? { until: timeOf(facts.paidUntil)! } : {}),
      fields: [countField('periods', 'Periods', { most: MOST_PERIODS, initial: 1 })],
      steps: ({ periods }) => [
        {
          call: callOf({ ...licenses, functionName: 'renew', args: [licenseId, Number(periods)] }),
          spends: terms.price * BigInt(periods ?? 0),
        },
      ],
    });
  if (ANYONES.has(suspension) && state === LICENSE_STATE.ACTIVE)
    actions.push({
      id: `license-suspend-${licenseId}`,
      rows: [30],
      title: 'Suspend',
      effect: `License ${licenseId} is ${suspension}: it stops counting as active.`,
      who: 'anyone',
      ...(timeOf(facts.inactiveSince) ? { since: timeOf(facts.inactiveSince)! } : {}),
      next: 'Its host takes it up again once the cause is gone.',
      steps: only(callOf({ ...licenses, functionName: 'suspend', args })),
    });
  if (facts.hasVault)
    actions.push({
      id: `vault-tower-${licenseId}`,
      rows: [32],
      title: 'Name a watchtower',
      effect: `Lets somebody collect channels of license ${licenseId} in your name; it can take nothing.`,
      who: host,
      fields: [accountField('Address of the watchtower')],
      steps: (values) => [
        {
          call: callOf({
            address: vault,
            abi: revenueVaultAbi,
            functionName: 'nameWatchtower',
            args: [accountOf(values), true],
          }),
        },
      ],
    });
  return actions;
}

const trimmed = (endpoint: string): string => endpoint.trim().replace(/\/+$/, '');

const endpointField = (allowPrivate: boolean) => ({
  name: 'endpoint',
  label: 'Public address of your gateway',
  problem: (text: string) => {
    const fault = urlFault(text.trim(), { allowPrivate });
    return fault && `Nobody would ask there: ${fault}.`;
  },
});

function endActions(deployment: Deployment, { licenseId, state, closedAt }: LicenseFacts, host: Who): Action[] {
  const { licenses } = contractsOf(deployment);
  const args = [licenseId] as const;
  if (OPEN.includes(state))
    return [
      {
        id: `license-close-${licenseId}`,
        rows: [29],
        title: 'Close the license',
        effect: `License ${licenseId} serves nobody any more; after a delay its part of the bond is free.`,
        who: host,
        next: 'After the exit delay anyone finishes it; then ask the bond back.',
        steps: only(callOf({ ...licenses, functionName: 'close', args })),
      },
    ];
  const from = timeOf(closedAt);
  if (state === LICENSE_STATE.CLOSED || !from) return [];
  return [
    {
      id: `license-finish-${licenseId}`,
      rows: [29],
      title: 'Finish closing',
      effect: `Frees the bond of license ${licenseId} and returns its leak bond to the host.`,
      who: 'anyone',
      from,
      next: 'The host asks the freed bond back.',
      steps: only(callOf({ ...licenses, functionName: 'finishClose', args })),
    },
  ];
}

/** A license's part of the title bond. */
function coverActions(deployment: Deployment, { licenseId, state, kind, cover, title, terms }: LicenseFacts): Action[] {
  const { titles } = contractsOf(deployment);
  const args = [licenseId] as const;
  if (OVER.includes(state))
    return cover === 0n
      ? []
      : [
          {
            id: `cover-return-${licenseId}`,
            rows: [43],
            title: 'Return its cover',
            effect: `License ${licenseId} is over: its part of the title bond is free again.`,
            who: 'anyone',
            amount: cover,
            steps: only(callOf({ ...titles, functionName: 'returnCover', args })),
          },
        ];
  const wanted = (terms.bond * BigInt(terms.slashBps)) / 10_000n;
  const free = title.bond - title.reserved - title.exit.amount;
  if (kind !== TERMS_KIND.SERVE || state !== LICENSE_STATE.ACTIVE || cover >= wanted || free <= 0n) return [];
  return [
    {
      id: `cover-reserve-${licenseId}`,
      rows: [43],
      title: 'Reserve title cover',
      effect: `Sets a part of the title bond aside for license ${licenseId}, as far as it reaches.`,
      who: 'anyone',
      steps: only(callOf({ ...titles, functionName: 'reserve', args })),
    },
  ];
}
