import 'server-only';
import { modelAt } from '@oml/db/model-addresses';
import { readIndex } from './index-reader.ts';

/** The model of an owner's word and a registered name; undefined where there is none. */
export const readModelAt = (owner: string, name: string): Promise<{ data: bigint | undefined } | undefined> =>
  readIndex((db) => modelAt(db, { owner, name }));
