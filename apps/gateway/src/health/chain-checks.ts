import { licenseRegistryAbi } from '@oml/contracts/abis';
import { formatDollars } from '@oml/protocol/money';
import { isOmlError } from '@oml/protocol/error';
import { readLogs } from '@oml/program/read-logs';
import { checkChain, type Chain } from '@oml/service/chain';
import { splitUrls } from '@oml/service/options';
import { formatEther, type Address } from 'viem';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isEditionIn, recordedDigest } from '../license/edition.ts';
import { bondOf, checkSigner, mayCollect } from '../license/host-account.ts';
import { readListings } from '../license/listings.ts';
import { createCheckStanding } from '../license/standing.ts';
import { openGatewayStore } from '../store.ts';
import { BOOK_WITHIN_MS, isLate, readBacklog } from '../vault/backlog.ts';
import { fail, ok, warn, type Check, type Finding } from './check.ts';
import { gasLack } from './funds.ts';
import { readGasLeft, whyNot } from './look.ts';

/** Who is looked at. */
export interface Examined {
  chain: Pick<Chain, 'publicClient' | 'deployment' | 'nodes'>;
  /** One or several, with commas. */
  rpcUrl: string;
  account: Address;
  signer: Address;
  gas: Address;
  publicUrl: string;
  dataDir: string;
  /** Of the gateway; a path or `postgres://`. */
  store: string;
  /** The chain is one for development: nothing here is for strangers. */
  isDev: boolean;
}

const MOST_SKEW_S = 60;
const OLD_HEAD_S = 600;
/** Fewer bookings than this are no reserve at all. */
const NEXT_TO_NONE = 10;

/** Do the nodes serve the chain on which the contracts are, and do they agree? */
export const checkNode = ({ chain }: Pick<Examined, 'chain'>): Check => {
  const { chainId, contracts } = chain.deployment;
  return async () => {
    await checkChain(chain);
    const code = await chain.publicClient.getCode({ address: contracts.licenseRegistry });
    if (!code)
      return fail(
        `There is no contract at ${contracts.licenseRegistry} on chain ${chainId}.`,
        'OML_DEPLOYMENT is of another chain, or the node has lost its state: ask who deployed the contracts for the file.',
      );
    const good = ok(`RPC answers for chain ${chainId}, and the contracts are there.`);
    const aside = chain.nodes.states().filter(({ fault }) => fault !== undefined);
    const todo = 'It is asked no more for a while; if it stays so, take it out of RPC_URL.';
    return [good, ...aside.map(({ node, why }) => warn(`The node ${node} is put aside: ${why}.`, todo))];
  };
};

/** This machine's clock against the newest block, and against what a node's server says. */
export const checkClock = ({ chain, rpcUrl, isDev }: Examined): Check => {
  const serverTime = async (): Promise<number | undefined> => {
    const url = splitUrls(rpcUrl).find((each) => each.startsWith('https:'));
    if (!url) return undefined;
    const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(10_000) });
    return Date.parse(answer.headers.get('date') ?? '') / 1_000 || undefined;
  };
  return async () => {
    const [{ timestamp }, server] = await Promise.all([chain.publicClient.getBlock(), serverTime()]);
    const now = Date.now() / 1_000;
    const ahead = Number(timestamp) - now;
    const off = server === undefined ? 0 : server - now;
    if (Math.abs(off) > MOST_SKEW_S || ahead > MOST_SKEW_S) {
      const by = Math.round(Math.abs(off) > MOST_SKEW_S ? off : ahead);
      return fail(
        `This machine's clock is ${Math.abs(by)} s ${by > 0 ? 'behind' : 'ahead'}: payments look expired.`,
        'Switch time synchronisation on (timedatectl set-ntp true).',
      );
    }
    if (-ahead > OLD_HEAD_S && !isDev)
      return fail(`The newest block is ${Math.round(-ahead)} s old.`, 'The node lags: use another RPC_URL.');
    return ok('The clock agrees with the chain.');
  };
};

/** Do signer and gas account act for the host account? */
export const checkKeys = ({ chain, account, signer, gas }: Examined): Check => {
  return async () => {
    const bound = await checkSigner(chain, signer, account).then(
      () => ok(`The signer ${signer} is bound to ${account}.`),
      (error: unknown) => {
        if (!isOmlError(error)) throw error;
        return fail(error.message, 'oml host up binds it.');
      },
    );
    if (await mayCollect(chain, gas, account)) return [bound, ok(`The gas account ${gas} may collect from channels.`)];
    return [
      bound,
      warn(`The gas account ${gas} is not bound: no channels are taken.`, 'oml host up --model NAME binds it.'),
    ];
  };
};

/** What the gas account has left, and the bond behind the licenses. */
export const checkFundsLeft = ({ chain, account, gas }: Examined): Check => {
  return async () => {
    const [{ balance, bookings }, lack, { bond, missing }] = await Promise.all([
      readGasLeft(chain, gas),
      gasLack(chain, gas),
      bondOf(chain, account, 0n),
    ]);
    const todo = 'Without gas nothing is booked, and what is not booked within a day costs your bond.';
    const gasLeft = !lack
      ? ok(`The gas account ${gas} holds ${formatEther(balance)} ETH, ${bookings} bookings at the present price.`)
      : (bookings < NEXT_TO_NONE ? fail : warn)(lack, todo);
    const covered = missing === 0n;
    const enough = covered
      ? ok(`The bond of $${formatDollars(bond)} covers the licenses.`)
      : fail(
          `The bond of ${account} lacks $${formatDollars(missing)}: nothing is sold.`,
          `Send the host account the dollars and run oml host up --model NAME, or deposit them on the page of the account.`,
        );
    return [gasLeft, enough];
  };
};

/** Is every listing what the chain has of its license, and its edition the one that was delivered? */
export const checkLicenses = ({ chain, account, publicUrl, dataDir }: Examined): Check => {
  const registry = { address: chain.deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const standing = createCheckStanding(chain, account);
  return async () => {
    const findings: Omit<Finding, 'name'>[] = [];
    const listings = readListings(dataDir);
    const endpoints = await endpointsOf(
      chain,
      listings.map(({ licenseId }) => licenseId),
    );
    for (const { model, licenseId, folder } of listings) {
      const args = [licenseId] as const;
      const license = await chain.publicClient.readContract({ ...registry, functionName: 'license', args });
      const why = await whyNot(standing, licenseId);
      const of = `${model}, license ${licenseId}`;
      const onChain = (endpoints.get(licenseId) ?? '').replace(/\/+$/, '');
      const again = `oml host up --model ${model}`;
      if (license.account !== account)
        findings.push(fail(`${of}, is of ${license.account}, not of ${account}.`, again));
      else if (why !== undefined) findings.push(fail(`${of}: ${why}`, 'The page of the account says what lifts it.'));
      else if (onChain !== publicUrl)
        findings.push(
          fail(
            `${of}: the chain sends buyers to ${onChain}, not to ${publicUrl}.`,
            'Set the endpoint on the page of the license.',
          ),
        );
      else if (
        !(await isEditionIn(resolve(dataDir, folder), license.editionRoot, await recordedDigest(chain, licenseId)))
      )
        findings.push(fail(`${of}: the edition in ${folder} is not the delivered one.`, `${again} fetches it again.`));
      else findings.push(ok(`${of}, is active, and its edition is the delivered one.`));
    }
    return findings;
  };
};

/** Where the chain sends the buyers of each license: what its events said last. */
async function endpointsOf(
  { publicClient, deployment }: Examined['chain'],
  licenseIds: bigint[],
): Promise<Map<bigint, string>> {
  const of = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi, strict: true } as const;
  const args = { licenseId: licenseIds };
  const logs = await readLogs({
    fromBlock: BigInt(deployment.deployedAtBlock),
    toBlock: await publicClient.getBlockNumber(),
    sliceBlocks: 50_000n,
    read: async (range) => [
      ...(await publicClient.getContractEvents({ ...of, ...range, args, eventName: 'LicenseAccepted' })),
      ...(await publicClient.getContractEvents({ ...of, ...range, args, eventName: 'EndpointChanged' })),
    ],
  });
  return new Map(logs.map(({ args: { licenseId, endpoint } }) => [licenseId, endpoint]));
}

/** What was answered and is not booked, against the day that is allowed for it. */
export const checkBacklog = ({ store: url, dataDir }: Examined): Check => {
  return async () => {
    if (!url.startsWith('postgres') && !existsSync(join(dataDir, 'gateway.sqlite')))
      return ok('Nothing was sold yet: there is no store.');
    const store = await openGatewayStore(url);
    const { uses, amount, since } = await readBacklog(store).finally(() => store.close());
    if (since === undefined) return ok('Everything that was answered is booked.');
    const deadline = new Date(since + BOOK_WITHIN_MS).toISOString();
    const says = `${uses} uses of $${formatDollars(amount)} are not booked yet, the oldest until ${deadline}.`;
    return isLate(since, Date.now())
      ? fail(says, 'Keep the gateway running with gas and a node that answers; its log says what fails.')
      : ok(says);
  };
};
