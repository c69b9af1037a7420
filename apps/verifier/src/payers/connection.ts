import type { Guard } from '@oml/service/guarded-fetch';
import { lookup } from 'node:dns';

/**
 * A guard whose fetch has connections of its own, so that two payers never share one: who names its lookup has a pool
 * to itself, which closes what is idle.
 */
export const ownConnections = (guard: Guard): Guard => ({ ...guard, lookup });
