import { meteredToJson } from '@oml/protocol/wire/price';
import type { Offer } from '@oml/sdk/market/offer';

/** A model with those who serve it, the cheapest first; amounts in the token's smallest unit, as decimal text. */
export interface ModelEntry {
  /** What to ask for: its name; its number where another model has the same name. */
  id: string;
  object: 'model';
  created: number;
  owned_by: string;
  kind: Offer['kind'];
  name: string;
  model_id: string;
  /** The most that a call costs where it costs least. */
  price: string;
  hosts: { url: string; license_id: string; price: string; metered?: unknown; latency_ms: number }[];
}

/** Offers by model, as OpenAI lists models. */
export function listByModel(offers: readonly Offer[]): ModelEntry[] {
  const byId = Map.groupBy(offers, ({ modelId }) => modelId);
  const owners = Map.groupBy(offers, ({ model }) => model);
  return [...byId.values()].map((all) => {
    const hosts = all.toSorted((a, b) => Number(a.price - b.price));
    const [first] = hosts as [Offer];
    const isShared = new Set(owners.get(first.model)!.map(({ modelId }) => modelId)).size > 1;
    return {
      id: isShared ? String(first.modelId) : first.model,
      object: 'model',
      created: 0,
      owned_by: `model ${first.modelId}`,
      kind: first.kind,
      name: first.model,
      model_id: String(first.modelId),
      price: String(first.price),
      hosts: hosts.map(({ baseUrl, licenseId, price, metered, latencyMs }) => ({
        url: baseUrl,
        license_id: String(licenseId),
        price: String(price),
        ...(metered ? { metered: meteredToJson(metered) } : {}),
        latency_ms: latencyMs,
      })),
    };
  });
}
