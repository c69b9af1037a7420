import type { Deployment } from '@oml/protocol/chain/deployment';
import { receiveTypedData } from '@oml/protocol/signed/authorization';
import { shortHex } from '@oml/ui/short-hex';
import { bytesToBigInt, encodeAbiParameters, keccak256, type PublicClient } from 'viem';
import { callOf, type Action } from './action.ts';
import type { ChannelFacts } from './channel-actions.ts';
import { contractsOf } from './contracts.ts';
import { amountOf, dollarsField } from './fields.ts';
import type { Sign } from './payment-actions.ts';

/** How long the signature is good for: as long as it takes to send the transaction that it goes into. */
const GOOD_FOR_S = 600n;

type Reader = Pick<PublicClient, 'readContract' | 'getBlock'>;

/** Adds to a channel that is open, without its host: the payer signs the transfer and sends it itself. */
export function topUpAction(reader: Reader, sign: Sign, deployment: Deployment, channel: ChannelFacts): Action {
  const { channelId, config } = channel;
  return {
    id: `channel-top-${channelId}`,
    rows: [2],
    title: 'Top up',
    effect: `Adds to channel ${shortHex(channelId)}; what is not used comes back with the rest.`,
    who: { accounts: [config.payer], word: 'the payer' },
    next: 'The next call is paid out of it. One signature, and one transaction of yours.',
    fields: [dollarsField('Dollars to add')],
    steps: (values) => [{ call: () => depositCall(reader, sign, deployment, channel, amountOf(values)) }],
  };
}

async function depositCall(
  reader: Reader,
  sign: Sign,
  deployment: Deployment,
  { channelId, config }: ChannelFacts,
  value: bigint,
) {
  const { token, channels } = contractsOf(deployment);
  const { depositCollector } = deployment.contracts;
  const [[, name, version, chainId, verifyingContract], { timestamp }] = await Promise.all([
    reader.readContract({ ...token, functionName: 'eip712Domain' }),
    reader.getBlock(),
  ]);
  const salt = bytesToBigInt(crypto.getRandomValues(new Uint8Array(32)));
  const times = { validAfter: 0n, validBefore: timestamp + GOOD_FOR_S };
  const nonce = keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'uint256' }], [channelId, salt]));
  const domain = { name, version, chainId: Number(chainId), verifyingContract };
  const authorization = { from: config.payer, to: depositCollector, value, ...times, nonce };
  const signature = await sign(receiveTypedData(authorization, domain));
  const collectorData = encodeAbiParameters(
    [{ type: 'uint256' }, { type: 'uint256' }, { type: 'uint256' }, { type: 'bytes' }],
    [times.validAfter, times.validBefore, salt, signature],
  );
  return callOf({ ...channels, functionName: 'deposit', args: [config, value, depositCollector, collectorData] });
}
