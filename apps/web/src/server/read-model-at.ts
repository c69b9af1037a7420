import 'server-only';
import { listAddresses, modelAt } from '@oml/db/model-addresses';
import { readIndex } from './index-reader.ts';
import { addressed } from './model-address.ts';

/** The model of an owner's word and a registered name; undefined where there is none. */
export const readModelAt = (owner: string, name: string): Promise<{ data: bigint | undefined } | undefined> =>
  readIndex((db) => modelAt(db, { owner, name }));

/** The addresses of the newest models, as their own pages name them. */
export const readAddresses = (most: number): Promise<{ data: string[] } | undefined> =>
  readIndex(async (db) =>
    (await listAddresses(db, most)).map((of) =>
      typeof of === 'bigint' ? addressed(of, undefined).address : addressed(0n, of).address,
    ),
  );
