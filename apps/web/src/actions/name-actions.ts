import type { Deployment } from '@oml/protocol/chain/deployment';
import { isName, nameCommitment } from '@oml/protocol/evidence/name';
import { inlineEvidence } from '@oml/protocol/wire/report-evidence';
import { bytesToHex, type PublicClient } from 'viem';
import type { Address, Hex } from '#kit/hex.ts';
import { callOf, only, type Action, type Who } from './action.ts';
import { contractsOf } from './contracts.ts';
import { nextBlock } from './next-block.ts';
import { accountField, accountOf, countField } from './fields.ts';
import { noteField } from './report-actions.ts';

const MOST_MODEL = 999_999_999;

export interface HeldName {
  nameId: Hex;
  text: string;
  holder?: Address | undefined;
  deposit: bigint;
  modelId: bigint;
}

/**
 * Registers a name: committed first, so that nobody snatches it, shown a block later. `deposit` is what it costs; it
 * comes back with the name.
 */
export function registerAction(
  reader: Pick<PublicClient, 'getBlockNumber'>,
  deployment: Deployment,
  { holder, deposit, model }: { holder: Address; deposit: bigint; model?: bigint },
): Action {
  const { names } = contractsOf(deployment);
  return {
    id: 'name-register',
    rows: [45],
    title: 'Register',
    effect: 'Makes a name yours, backed by a deposit that comes back when you give it up. Two transactions.',
    who: { accounts: [holder], word: 'you' },
    amount: deposit,
    fields: [
      {
        name: 'name',
        label: 'Name',
        hint: '3 to 32 of a-z, 0-9 and single hyphens inside.',
        problem: (text) => (isName(text.trim()) ? undefined : '3 to 32 of a-z, 0-9 and single hyphens inside.'),
      },
      countField('model', 'Model that it points to', { least: 0, most: MOST_MODEL, initial: Number(model ?? 0n) }),
    ],
    steps: (values) => {
      const name = (values['name'] ?? '').trim();
      const salt = saltOf(holder, name);
      const place = { chainId: deployment.chainId, names: names.address };
      const commit = callOf({
        ...names,
        functionName: 'commit',
        args: [nameCommitment({ name, holder, salt }, place)],
      });
      const register = callOf({
        ...names,
        functionName: 'register',
        args: [name, BigInt(values['model'] ?? 0), salt, deposit],
      });
      return [
        { call: commit },
        {
          spends: deposit,
          call: async () => {
            await nextBlock(reader);
            return register;
          },
        },
      ];
    },
  };
}

/** One secret for a name, as long as the page is open: what is committed and what is shown must agree. */
const salts = new Map<string, Hex>();
function saltOf(holder: Address, name: string): Hex {
  const key = `${holder} ${name}`;
  const salt = salts.get(key) ?? bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
  salts.set(key, salt);
  return salt;
}

/** What can be done about a name that somebody holds; `cost` is that of a report. */
export function nameActions(
  deployment: Deployment,
  { nameId, text, holder, deposit, modelId }: HeldName,
  cost: bigint,
): Action[] {
  const { names, leaks } = contractsOf(deployment);
  if (!holder) return [];
  const who: Who = { accounts: [holder], word: 'its holder' };
  return [
    {
      id: `name-point-${text}`,
      rows: [45],
      title: 'Point it',
      effect: `Points ${text} to a model of yours, or with 0 to nothing.`,
      who,
      fields: [countField('model', 'Number of the model', { least: 0, most: MOST_MODEL, initial: Number(modelId) })],
      steps: ({ model }) => [{ call: callOf({ ...names, functionName: 'point', args: [nameId, BigInt(model ?? 0)] }) }],
    },
    {
      id: `name-transfer-${text}`,
      rows: [45],
      title: 'Transfer',
      effect: `Gives ${text}, with its deposit, to somebody else; it then points to nothing.`,
      who,
      fields: [accountField('New holder')],
      steps: (values) => [{ call: callOf({ ...names, functionName: 'transfer', args: [nameId, accountOf(values)] }) }],
    },
    {
      id: `name-give-up-${text}`,
      rows: [45],
      title: 'Give it up',
      effect: `Frees ${text}; its deposit goes back to you.`,
      who,
      amount: deposit,
      steps: only(callOf({ ...names, functionName: 'giveUp', args: [nameId] })),
    },
    {
      id: `name-report-${text}`,
      rows: [45],
      title: 'Report it',
      effect: `Says that ${text} impersonates somebody. A committee looks and votes; until then it stays where it is.`,
      who: 'anyone',
      amount: cost,
      fields: [noteField('Whom it impersonates, and how that can be seen')],
      steps: ({ note = '' }) => {
        const { evidenceHash, evidenceUri } = inlineEvidence({ note });
        return [
          {
            call: callOf({ ...leaks, functionName: 'reportName', args: [nameId, evidenceHash, evidenceUri] }),
            spends: cost,
          },
        ];
      },
    },
  ];
}
