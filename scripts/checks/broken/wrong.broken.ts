import { expect, it } from 'vitest';

it('expects too much', () => expect(1 + 1).toBe(3));
