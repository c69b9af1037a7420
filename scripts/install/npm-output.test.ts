import { describe, expect, it } from 'vitest';
import { NpmOutput } from './npm-output.mjs';

const read = (...chunks: string[]) => {
  const troubles: string[] = [];
  const output = new NpmOutput((sentence) => troubles.push(sentence));
  for (const chunk of chunks) output.read(chunk);
  return { output, troubles };
};

describe('what npm says', () => {
  it('counts the packages that came, from the registry or from the cache, however the chunks are cut', () => {
    const { output } = read(
      'npm http fetch GET 200 https://registry/ms 132ms (cache miss)\nnpm http fetch GET 200 https://registry/ms/-/ms-2',
      '.1.3.tgz 9ms (cache miss)\nnpm http cache https://registry/a/-/a-1.0.0.tgz 1ms (cache hit)\n',
    );
    expect(output.fetched).toBe(2);
  });

  it('tells which package did not come, and why', () => {
    const { troubles } = read(
      'npm http fetch GET http://registry/ms/-/ms-2.1.3.tgz attempt 1 failed with FETCH_ERROR\n',
      'npm http fetch GET http://registry/@scope%2fname attempt 2 failed with ECONNRESET\n',
    );
    expect(troubles).toEqual([
      'ms-2.1.3.tgz did not come (no answer in time); npm asks again',
      '@scope/name did not come (ECONNRESET); npm asks again',
    ]);
  });

  it('has the reason as its last words', () => {
    const { output } = read(
      'npm http fetch GET 200 http://registry/ms 1ms\nnpm error code EIDLETIMEOUT\n',
      'npm error Idle timeout\n',
    );
    expect(output.lastWords).toBe('code EIDLETIMEOUT\nIdle timeout');
    expect(output.isHopeless).toBe(false);
  });

  it('knows what asking again cannot mend', () => {
    expect(read('npm error code EUSAGE\n').output.isHopeless).toBe(true);
    expect(read('npm ERR! code ENOSPC\n').output.isHopeless).toBe(true);
  });
});
