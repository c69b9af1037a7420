import { describe, expect, it } from 'vitest';
import { agentState, chainState, hostsState, indexState } from './part-states.ts';

describe('how a part stands', () => {
  it('is that nobody answers, of a chain and an index that are silent', () => {
    expect(chainState(undefined).state).toBe('down');
    expect(indexState({ chain: true, index: false }).state).toBe('down');
    expect(indexState({ chain: true, index: false }).sentence).toBe('The index does not answer.');
  });

  it('is never that the index is up to date where the chain is silent', () => {
    const { state, sentence } = indexState({ chain: false, index: true, indexedBlock: '7' });
    expect(state).toBe('unknown');
    expect(sentence).toContain('block 7');
    expect(sentence).not.toContain('up to date');
  });

  it('is behind, with the blocks, or in doubt, with the reason', () => {
    const late = indexState({ chain: true, index: true, head: '90', indexedBlock: '50', lag: 40, lagSeconds: 80 });
    expect(late).toMatchObject({ state: 'behind' });
    expect(late.sentence).toContain('40 blocks');
    const doubt = indexState({ chain: true, index: true, indexedBlock: '50', lag: 0, doubt: 'logs differ' });
    expect(doubt).toMatchObject({ state: 'behind' });
    expect(doubt.sentence).toContain('logs differ');
    expect(indexState({ chain: true, index: true, indexedBlock: '90', lag: 0 }).state).toBe('up');
  });

  it('is what the agent says under /ready, and what others can do without it', () => {
    expect(agentState(undefined, 'Others go on.')).toMatchObject({ state: 'down', next: 'Others go on.' });
    expect(agentState({ status: 200 }, '')).toMatchObject({ state: 'up' });
    expect(agentState({ status: 503, detail: 'no gas' }, '').sentence).toContain('no gas');
  });

  it('of hosts is what verifiers saw, and not known where none looked', () => {
    expect(hostsState(undefined).state).toBe('unknown');
    expect(hostsState({ licenses: 3, looked: 0, answering: 0 }).state).toBe('unknown');
    expect(hostsState({ licenses: 3, looked: 2, answering: 1 })).toMatchObject({ state: 'up' });
    expect(hostsState({ licenses: 3, looked: 2, answering: 0 })).toMatchObject({ state: 'down' });
  });
});
