import { devDollarAbi } from '@oml/contracts/abis';
import type { Abi, Address, Hex, Log } from 'viem';
import type { Step, View } from './act.ts';
import { addressOf, CONTRACTS } from './contracts.ts';

/** A call as it is sent. */
export interface Call {
  contract: string;
  address: Address;
  abi: Abi;
  functionName: string;
  args: readonly unknown[];
  argsThen?: Step['argsThen'];
  /** In wei. */
  value: bigint;
  /** Only in a later block than the call before it. */
  isLater: boolean;
}

/** What came of a call, or would. */
export interface Outcome {
  call: Call;
  gasUsed: bigint;
  logs: readonly Log[];
  tx?: Hex;
  /** Why it is refused. */
  why?: string;
}

/** The calls of steps, with the allowances that they need before them. */
export async function callsOf(steps: readonly Step[], view: View): Promise<Call[]> {
  const calls: Call[] = [];
  for (const { contract, calls: functionName, args, argsThen, draws = 0n, ...step } of steps) {
    const address = step.address ?? addressOf(contract, view.chain.deployment);
    if (draws > 0n && (await allowanceOf(view, address)) < draws) calls.push(approval(view, address, draws));
    const { value = 0n, isLater = false } = step;
    const call = { contract, address, abi: CONTRACTS[contract] as Abi, functionName, args, value, isLater };
    calls.push(argsThen ? { ...call, argsThen } : call);
  }
  return calls;
}

/** Of the very amount: what is allowed stays allowed. */
function approval({ chain }: View, spender: Address, drawn: bigint): Call {
  const token = { contract: 'token', address: chain.deployment.contracts.token, abi: devDollarAbi as Abi };
  return { ...token, functionName: 'approve', args: [spender, drawn], value: 0n, isLater: false };
}

const allowanceOf = ({ chain, me }: View, spender: Address): Promise<bigint> =>
  chain.publicClient.readContract({
    address: chain.deployment.contracts.token,
    abi: devDollarAbi,
    functionName: 'allowance',
    args: [me, spender],
    blockTag: 'pending',
  });
