import type { ToldEndpoints } from '@oml/protocol/wire/endpoint-figures';
import type { Address } from 'viem';
import type { Database } from './client.ts';
import { fromAmount, storedId, toAddress, toAmount } from './columns.ts';
import { toText } from './storable.ts';

/** What a verifier found of an endpoint lately. */
export interface EndpointRow {
  licenseId: bigint;
  verifier: Address;
  endpoint: string;
  /** The window, and how the figures came about, in words. */
  from: Date;
  to: Date;
  method: string;
  /** How often it looked, and found the model listed. */
  looks: number;
  up: number;
  /** Looks in vain since the last that found it. */
  missed: number;
  /** Paid answers of the window, and how long half and nineteen of twenty of them took at most. */
  answers: number;
  p50Ms?: number;
  p95Ms?: number;
  tokensPerSecond?: number;
  /** Smallest unit; whether token, payee and floor are as the chain says. */
  price?: { asked: bigint; holds: boolean };
  /** The last paid answer whose receipt verified. */
  verifiedAt?: Date;
}

/** A model has this many hosts at most that a page looks at. */
const MOST_HOSTS = 1_000;

/**
 * Keeps what a verifier told, in the place of what it told before; older than that is left out, and so is what the
 * index does not know as an active license of that model at that endpoint.
 */
export async function storeEndpointFigures(db: Database, told: ToldEndpoints): Promise<number> {
  const named = told.endpoints.flatMap(({ licenseId }) => storedId(licenseId) ?? []);
  const licenses = await db.license.findMany({
    where: { licenseId: { in: named }, state: 'active' },
    select: { licenseId: true, modelId: true },
  });
  const models = new Map(licenses.map(({ licenseId, modelId }) => [licenseId, modelId]));
  const rows = told.endpoints.flatMap((row) => {
    if (models.get(row.licenseId) !== row.modelId) return [];
    const { licenseId, modelId, looks, up, missed, answers, answered, tokensPerSecond, price, verifiedAt } = row;
    return {
      licenseId,
      verifier: told.verifier,
      modelId,
      endpoint: toText(row.endpoint),
      windowFrom: new Date(row.from),
      windowTo: new Date(row.to),
      method: toText(told.method),
      looks,
      up,
      missed,
      answers,
      tokensPerSecond,
      p50Ms: answered?.p50Ms ?? null,
      p95Ms: answered?.p95Ms ?? null,
      asked: price && fromAmount(price.asked),
      priceHolds: price && price.holds,
      verifiedAt: verifiedAt && new Date(verifiedAt),
    };
  });
  await db.$transaction([
    db.endpointFigures.deleteMany({ where: { verifier: told.verifier, windowTo: { lte: new Date(told.at) } } }),
    db.endpointFigures.createMany({ data: rows, skipDuplicates: true }),
  ]);
  return rows.length;
}

/** What verifiers found of the hosts of a model, by license. */
export async function endpointsOfModel(db: Database, modelId: bigint): Promise<Map<bigint, EndpointRow[]>> {
  const rows = await db.endpointFigures.findMany({
    where: { modelId },
    orderBy: [{ licenseId: 'desc' }],
    take: MOST_HOSTS,
  });
  return Map.groupBy(rows.map(rowOf), ({ licenseId }) => licenseId);
}

/** What verifiers found of these licenses' endpoints, by license. */
export async function endpointsOf(db: Database, licenseIds: bigint[]): Promise<Map<bigint, EndpointRow[]>> {
  const rows = await db.endpointFigures.findMany({ where: { licenseId: { in: licenseIds } } });
  return Map.groupBy(rows.map(rowOf), ({ licenseId }) => licenseId);
}

/** What verifiers found of one license's endpoint, the latest first. */
export async function endpointFiguresOf(db: Database, licenseId: bigint): Promise<EndpointRow[]> {
  const rows = await db.endpointFigures.findMany({ where: { licenseId }, orderBy: { windowTo: 'desc' }, take: 20 });
  return rows.map(rowOf);
}

type Stored = Awaited<ReturnType<Database['endpointFigures']['findMany']>>[number];

function rowOf(row: Stored): EndpointRow {
  const { licenseId, endpoint, windowFrom: from, windowTo: to, method, looks, up, missed, answers } = row;
  const { p50Ms, p95Ms, tokensPerSecond, asked, priceHolds, verifiedAt } = row;
  return {
    licenseId,
    verifier: toAddress(row.verifier),
    endpoint,
    from,
    to,
    method,
    looks,
    up,
    missed,
    answers,
    ...(p50Ms === null || p95Ms === null ? {} : { p50Ms, p95Ms }),
    ...(tokensPerSecond === null ? {} : { tokensPerSecond }),
    ...(asked === null ? {} : { price: { asked: toAmount(asked), holds: priceHolds === true } }),
    ...(verifiedAt ? { verifiedAt } : {}),
  };
}
