import { namesAbi, parametersAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { nameCommitment, nameId } from '@oml/protocol/evidence/name';
import { bytesToHex, zeroAddress } from 'viem';
import { findModel } from '../../chain/find-model.ts';
import { one, type Act, type Flags, type Step, type View } from '../act.ts';
import { address, MODEL, NAME, nameFrom, text } from '../args.ts';

const HOLDER = 'its holder';

/** Names for people to read. */
export const NAME_ACTS: readonly Act[] = [
  {
    verb: 'claim',
    does: 'register a name for a deposit, which comes back when it is given up',
    who: 'anyone; the owner of the model, where it is to point to one',
    takes: [text('name', NAME.help)],
    calls: ['names.commit', 'names.register'],
    flags: (command) => command.option('--model-id <model>', 'the model that it points to'),
    steps: ([name], view, flags) => claimSteps(view, nameFrom(name as string), flags),
  },
  one('point', 'names.point', [NAME, { ...MODEL, help: `${MODEL.help}; 0: to nothing`, read: modelOrNone }], {
    does: 'point a name of yours to a model of yours, or to nothing',
    who: HOLDER,
  }),
  one('transfer', 'names.transfer', [NAME, address('to', 'its new holder')], {
    does: 'give a name, with its deposit, to somebody else; it then points to nothing',
    who: HOLDER,
  }),
  one('give-up', 'names.giveUp', [NAME], { does: 'give a name up; its deposit comes back', who: HOLDER }),
];

async function modelOrNone(said: string, { chain }: View): Promise<bigint> {
  return said === '0' ? 0n : (await findModel(chain, said)).modelId;
}

/** Committed first, so that nobody who sees the name on its way is faster. */
async function claimSteps(view: View, name: string, { modelId }: Flags): Promise<Step[]> {
  const { chainId, contracts } = view.chain.deployment;
  const named = { address: contracts.names, abi: namesAbi, functionName: 'nameOf', args: [nameId(name)] } as const;
  const { holder } = await view.chain.publicClient.readContract(named);
  if (holder !== zeroAddress) throw new OmlError('CONFLICT', `"${name}" is held by ${holder}.`);
  const parameters = { address: contracts.parameters, abi: parametersAbi } as const;
  const deposit = await view.chain.publicClient.readContract({ ...parameters, functionName: 'nameDeposit' });
  const salt = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
  const commitment = nameCommitment({ name, holder: view.me, salt }, { chainId, names: contracts.names });
  const target = modelId === undefined ? 0n : await modelOrNone(modelId as string, view);
  return [
    { contract: 'names', calls: 'commit', args: [commitment] },
    { contract: 'names', calls: 'register', args: [name, target, salt, deposit], draws: deposit, isLater: true },
  ];
}
