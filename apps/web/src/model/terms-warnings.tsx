'use client';
import { parametersAbi } from '@oml/contracts/abis';
import { gasProfileOf, termsWarnings, type WarnedTerms } from '@oml/sdk/terms-warnings';
import { useReadContract } from 'wagmi';
import { usePublicConfig } from '#kit/config-context.tsx';
import { TermsWarningList } from './terms-warning-list.tsx';

/** Which attacks pay under terms that are still being written, at the rates of this deployment. */
export function TermsWarnings({ terms }: { terms: WarnedTerms }) {
  const { deployment } = usePublicConfig();
  const { data: rates } = useReadContract({
    address: deployment.contracts.parameters,
    abi: parametersAbi,
    functionName: 'rates',
  });
  if (!rates) return null;
  return <TermsWarningList warnings={termsWarnings(terms, rates, { profile: gasProfileOf(deployment.chainId) })} />;
}
