'use client';
import { useMutation } from '@tanstack/react-query';
import { demoChoiceTypedData } from '@oml/protocol/signed/demo-choice';
import { HEADERS } from '@oml/protocol/wire/headers';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import { Button } from '@oml/ui/button';
import { isAddressEqual } from 'viem';
import { useConnection, useSignTypedData } from 'wagmi';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';
import type { Address } from '#kit/hex.ts';

interface DemoChoiceProps {
  modelId: string;
  owner: Address;
  /** Where the demo edition lies. */
  demoUrl: string;
}

/** Lets the owner of a model take its demo edition back; nobody else sees it. */
export function DemoChoice({ modelId, owner, demoUrl }: DemoChoiceProps) {
  const { address } = useConnection();
  const { deployment } = usePublicConfig();
  const { mutateAsync: sign } = useSignTypedData();
  const taking = useMutation({
    mutationFn: async () => {
      const askedAt = Math.floor(Date.now() / 1000);
      const choice = { modelId: BigInt(modelId), given: false, askedAt: BigInt(askedAt) };
      const registry = { chainId: deployment.chainId, modelRegistry: deployment.contracts.modelRegistry };
      const signature = await sign(demoChoiceTypedData(choice, registry));
      const response = await fetch(demoUrl, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', [HEADERS.signature]: signature },
        body: JSON.stringify({ given: choice.given, askedAt }),
      });
      if (response.ok) return;
      throw errorOfProblem(response.status, await response.json().catch(() => undefined), { who: 'The publisher' });
    },
  });
  if (address === undefined || !isAddressEqual(address, owner)) return null;
  return (
    <div className="mt-4 flex flex-col items-start gap-2 border-t border-line pt-4 text-sm">
      {taking.isSuccess ? (
        <p role="status" data-testid="demo-taken-back">
          Your publisher hands out no more of it. Whoever downloaded it keeps it; this page follows within minutes.
        </p>
      ) : (
        <>
          <p className="text-ink-soft">
            You give this demo edition away. You can stop that; what was downloaded stays where it is.
          </p>
          <Button size="sm" busy={taking.isPending} onClick={() => taking.mutate()} data-testid="demo-take-back">
            Take the demo edition back
          </Button>
        </>
      )}
      {taking.error ? <Problem explanation={explainError(taking.error)} data-testid="demo-error" /> : null}
    </div>
  );
}
