import 'server-only';
import { readDeployment } from '@oml/contracts/deployment';
import type { PublicConfig } from '#kit/public-config.ts';
import { readWebOptions, type WebOptions } from './options.ts';

export type Setup = { config: PublicConfig; options: WebOptions } | { problem: string };

/** The environment and the deployment, read at request time; where they are incomplete, says what to set. */
export function readSetup(): Setup {
  const read = readWebOptions(process.env);
  if (!('options' in read)) {
    const parts = [
      read.missing.length > 0 ? `set ${read.missing.join(', ')}` : '',
      read.invalid.length > 0 ? `correct ${read.invalid.join(', ')}` : '',
    ];
    return { problem: `This page is not connected to a chain yet: ${parts.filter(Boolean).join('; ')}.` };
  }
  const { options } = read;
  try {
    return { options, config: toConfig(options) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'The deployment cannot be read.' };
  }
}

function toConfig(options: WebOptions): PublicConfig {
  const deployment = readDeployment(options.OML_DEPLOYMENT);
  return {
    chainId: deployment.chainId,
    rpcUrl: options.PUBLIC_RPC_URL ?? options.RPC_URL[0]!,
    deployment,
    ...(options.PUBLISHER_URL ? { publisherUrl: options.PUBLISHER_URL } : {}),
    ...(options.VERIFIER_URL ? { verifierUrl: options.VERIFIER_URL } : {}),
  };
}
