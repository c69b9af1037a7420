import type { ShownModel } from './shown-model.ts';

/**
 * Base URL of the publisher of a model: what the chain says, where that is a web address; else this deployment's own.
 */
export function publisherBaseOf({ uri }: Pick<ShownModel, 'uri'>, fallback: string | undefined): string | undefined {
  return /^https?:\/\//.test(uri) ? uri.replace(/\/+$/, '') : fallback;
}

/** Where a model's free demo edition lies. */
export function demoUrlOf(
  model: Pick<ShownModel, 'uri' | 'modelId'>,
  fallback: string | undefined,
): string | undefined {
  const base = publisherBaseOf(model, fallback);
  return base && `${base}/models/${model.modelId}/demo`;
}
