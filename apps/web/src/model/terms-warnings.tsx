'use client';
import { parametersAbi } from '@oml/contracts/abis';
import { gasProfileOf, termsWarnings, type WarnedTerms } from '@oml/sdk/terms-warnings';
import { Note } from '@oml/ui/empty-state';
import { useReadContract } from 'wagmi';
import { usePublicConfig } from '#wallet/providers.tsx';

interface TermsWarningsProps {
  terms: WarnedTerms;
  /** What the model's title bond may still cover of a license; left out where there is no model yet. */
  titleBond?: bigint;
}

/** Which attacks pay under these terms, at the rates of this deployment; nothing where none does. */
export function TermsWarnings({ terms, titleBond }: TermsWarningsProps) {
  const { deployment } = usePublicConfig();
  const { data: rates } = useReadContract({
    address: deployment.contracts.parameters,
    abi: parametersAbi,
    functionName: 'rates',
  });
  if (!rates) return null;
  const profile = gasProfileOf(deployment.chainId);
  const warnings = termsWarnings(terms, rates, { profile, ...(titleBond === undefined ? {} : { titleBond }) });
  if (warnings.length === 0) return null;
  return (
    <Note tone="risk" data-testid="terms-warnings">
      <ul className="flex list-disc flex-col gap-1.5 pl-4">
        {warnings.map(({ code, text }) => (
          <li key={code}>{text}</li>
        ))}
      </ul>
    </Note>
  );
}
