import {
  blamesAbi,
  claimCourtAbi,
  committeesAbi,
  leakCourtAbi,
  licenseRegistryAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import type { Chain } from '@oml/service/chain';
import { type Address } from 'viem';
import { addressFrom } from '../acts/args.ts';
import { servingLicenses } from '../acts/vaults.ts';
import { claimBegun, claimsBegun, viewClaim } from '../chain/claims.ts';
import type { Look } from '../looks.ts';
import { word } from '../options.ts';

const ACCOUNT: Look['argument'] = ['<account>', 'its address'];

/** What there is to know of the account behind licenses. */
export const HOST_LOOKS: readonly Look[] = [
  {
    verb: 'show',
    does: 'show an account: its bond, what of it is free, reserved, contested or leaving, and its licenses to serve',
    argument: ACCOUNT,
    read: (chain, said) => viewAccount(chain, addressFrom(said!)),
  },
];

/** What there is to know of verifiers. */
export const VERIFIER_LOOKS: readonly Look[] = [
  {
    verb: 'show',
    does: 'show a verifier: its stake and tickets, claims won and lost, and what it is owed',
    argument: ACCOUNT,
    read: (chain, said) => viewVerifier(chain, addressFrom(said!)),
  },
];

/** What there is to know of claims. */
export const CLAIM_LOOKS: readonly Look[] = [
  {
    verb: 'list',
    does: 'list the claims, the newest first, or those on one account or one claimant',
    argument: ['[account]', 'address of the accused or the claimant'],
    read: async (chain, said) => ({ claims: await listClaims(chain, said === undefined ? said : addressFrom(said)) }),
    tell: ({ claims }: { claims: Awaited<ReturnType<typeof listClaims>> }) =>
      claims.length === 0
        ? 'There are no claims.'
        : claims
            .map(({ claimId, state, offence, account }) =>
              [claimId, state.padEnd(9), offence.padEnd(13), account].join('  '),
            )
            .join('\n'),
  },
  {
    verb: 'show',
    does: 'show a claim: who accuses whom of what, where it stands, and until when it can be answered',
    argument: ['<claim>', 'its id'],
    read: async (chain, said) => viewClaim(chain, await claimBegun(chain, word(said!, 'The claim'))),
  },
];

async function viewAccount(chain: Chain, account: Address) {
  const { publicClient, deployment } = chain;
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi, args: [account] } as const;
  const [stored, free, isCovered, serves] = await Promise.all([
    publicClient.readContract({ ...registry, functionName: 'accountOf' }),
    publicClient.readContract({ ...registry, functionName: 'free' }),
    publicClient.readContract({ ...registry, functionName: 'isCovered' }),
    servingLicenses(chain, { account }),
  ]);
  return { account, ...stored, free, isCovered, serves };
}

async function viewVerifier({ publicClient, deployment }: Chain, verifier: Address) {
  const { verifierRegistry, claimCourt, committees, blames, leakCourt } = deployment.contracts;
  const registry = { address: verifierRegistry, abi: verifierRegistryAbi, args: [verifier] } as const;
  const owed = { functionName: 'owed', args: [verifier] } as const;
  const court = { address: claimCourt, abi: claimCourtAbi } as const;
  const [standing, isStaked, tickets, balance, byCourt, byCommittees, byBlames, byLeakCourt] = await Promise.all([
    publicClient.readContract({ ...registry, functionName: 'standingOf' }),
    publicClient.readContract({ ...registry, functionName: 'isStaked' }),
    publicClient.readContract({ ...registry, functionName: 'ticketsOf' }),
    publicClient.readContract({ ...court, functionName: 'balanceOf', args: [verifier] }),
    publicClient.readContract({ ...court, ...owed }),
    publicClient.readContract({ address: committees, abi: committeesAbi, ...owed }),
    publicClient.readContract({ address: blames, abi: blamesAbi, ...owed }),
    publicClient.readContract({ address: leakCourt, abi: leakCourtAbi, ...owed }),
  ]);
  const owes = { claimCourt: byCourt, committees: byCommittees, blames: byBlames, leakCourt: byLeakCourt };
  return { verifier, ...standing, isStaked, tickets, keptForClaims: balance, owed: owes };
}

async function listClaims(chain: Chain, party: Address | undefined) {
  const begun = await claimsBegun(chain);
  const meant = begun.filter(({ args }) => party === undefined || args.account === party || args.claimant === party);
  const views = await Promise.all(meant.map((each) => viewClaim(chain, each)));
  return views.toReversed().map(({ claimId, state, offence, claimant, account, answerBy }) => {
    return { claimId, state, offence, claimant, account, answerBy };
  });
}
