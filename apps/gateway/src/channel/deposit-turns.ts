import type { Address } from 'viem';

/** Deposits of one payer that are taken in, the first of them settling. */
interface Line {
  many: number;
  last: Promise<void> | undefined;
}

export interface DepositTurns {
  /** Looks at a deposit, and takes it; undefined where too many of whomever, or from that address, are at that. */
  enter<Result>(peer: string, work: () => Promise<Result>): Promise<Result> | undefined;
  /**
   * One deposit of a payer after another, and whether it had to wait; undefined where too many do. Side by side none
   * would see the others, neither what they take of its money nor what they put into the same channel: each would cost
   * gas, and one be good for a call. Only for who has shown that it is that payer.
   */
  inTurnOf<Result>(payer: Address, work: (hasWaited: boolean) => Promise<Result>): Promise<Result> | undefined;
}

/** Each waits for a block and asks the chain before and after; a call has no place before its model meanwhile. */
const MOST = 128;
const MOST_OF_PEER = 32;
const MOST_OF_PAYER = 4;

export function createDepositTurns(): DepositTurns {
  const lines = new Map<Address, Line>();
  const peers = new Map<string, number>();
  let all = 0;
  return {
    enter(peer, work) {
      const ofPeer = peers.get(peer) ?? 0;
      if (all >= MOST || ofPeer >= MOST_OF_PEER) return undefined;
      all++;
      peers.set(peer, ofPeer + 1);
      return work().finally(() => {
        all--;
        const left = peers.get(peer)! - 1;
        if (left > 0) peers.set(peer, left);
        else peers.delete(peer);
      });
    },
    inTurnOf(payer, work) {
      const line = lines.get(payer) ?? { many: 0, last: undefined };
      if (line.many >= MOST_OF_PAYER) return undefined;
      line.many++;
      lines.set(payer, line);
      const mine = line.last ? line.last.then(() => work(true)) : work(false);
      const leave = () => {
        line.many--;
        if (line.many === 0) lines.delete(payer);
      };
      line.last = mine.then(leave, leave);
      return mine;
    },
  };
}
