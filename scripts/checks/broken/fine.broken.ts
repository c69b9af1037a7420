import { it } from 'vitest';

it('passes beside a crash', () => {});
