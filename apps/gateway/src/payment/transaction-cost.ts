import type { Chain } from '@oml/service/chain';
import { randomBytes } from 'node:crypto';
import { bytesToHex, parseAbi, type Address, type PublicClient } from 'viem';

/** What a transaction uses: gas, and as many bytes as a rollup has to write on the chain below it. */
export interface Uses {
  gas: bigint;
  bytes: number;
}

type Client = Chain['publicClient'];
/** What a rollup takes for bytes, in wei. */
type FeeOfBytes = (client: Client, bytes: number) => Promise<bigint>;

// Where rollups say what the chain below costs: the OP Stack's predeploy (GasPriceOracle), Arbitrum's precompile
// (ArbGasInfo). What of it a node estimates as gas already is not in our gas, which is what contracts use.
const OP_ORACLE: Address = '0x420000000000000000000000000000000000000F';
const ARB_GAS_INFO: Address = '0x000000000000000000000000000000000000006C';
const opAbi = parseAbi(['function getL1Fee(bytes data) view returns (uint256)']);
const arbAbi = parseAbi([
  'function getPricesInWei() view returns (uint256, uint256 perL1Byte, uint256, uint256, uint256, uint256)',
]);

/** Bytes that nothing compresses: signatures and addresses are such. */
const opFee: FeeOfBytes = (client, bytes) =>
  client.readContract({
    address: OP_ORACLE,
    abi: opAbi,
    functionName: 'getL1Fee',
    args: [bytesToHex(randomBytes(bytes))],
  });

const arbFee: FeeOfBytes = async (client, bytes) => {
  const [, perByte] = await client.readContract({ address: ARB_GAS_INFO, abi: arbAbi, functionName: 'getPricesInWei' });
  return BigInt(bytes) * perByte;
};

const noFee: FeeOfBytes = async () => 0n;

/** Which of them a chain is, is asked once. */
const known = new WeakMap<PublicClient, Promise<FeeOfBytes>>();

async function look(client: Client): Promise<FeeOfBytes> {
  const hasCode = async (address: Address) => (await client.getCode({ address })) !== undefined;
  const [isOp, isArbitrum] = await Promise.all([hasCode(OP_ORACLE), hasCode(ARB_GAS_INFO)]);
  return isOp ? opFee : isArbitrum ? arbFee : noFee;
}

/** What a transaction costs at present, in wei, with what a rollup pays the chain below for it. */
export async function costOf({ publicClient }: Pick<Chain, 'publicClient'>, { gas, bytes }: Uses): Promise<bigint> {
  const asked = known.get(publicClient) ?? look(publicClient);
  known.set(publicClient, asked);
  const feeOf = await asked.catch((error: unknown) => {
    known.delete(publicClient);
    throw error;
  });
  const [price, fee] = await Promise.all([publicClient.getGasPrice(), feeOf(publicClient, bytes)]);
  return gas * price + fee;
}
