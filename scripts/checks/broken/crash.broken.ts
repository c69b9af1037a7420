import { writeSync } from 'node:fs';
import { it } from 'vitest';

it('passes before the crash', () => {});

it('ends its process as native code does', () => {
  writeSync(2, "terminate called after throwing an instance of 'std::runtime_error'\n  what():  no memory left\n");
  process.abort();
});
