import { OmlError } from '@oml/protocol/error';

// What happens when an agent is killed between a commitment and its reveal, or anywhere else?
//
// Nothing is lost and nothing is done twice, because of three habits:
//
// 1. The end of a step is one transaction of the store (`leases.ts`, `apply`): after a crash the step that was in
//    progress begins again from its start, and none before it does.
// 2. A step derives and does not store. Salts, nonces and ids follow from the run's id and the agent's seed (the
//    verifier's `salts.ts`), so the step that begins again makes the same commitment, byte for byte.
// 3. A step looks before it sends, and after a failure it looks again: `sendOnce` below. The chain is the record of
//    what was sent. A commitment that stands there is not sent again; its block is read from its event, and the reveal
//    waits from there. A transaction that was still on its way when the process died is waited for first
//    (`Sender.settled`). What another process sent for the same account or for the same effect is seen in the pool and
//    waited for (`Sender.write`): the slower one pays nothing, and its run goes on.
//
// So killed before the commitment is sent: it is sent. Killed after: it is found. Killed after the reveal was sent: the
// reveal is found. Dead for so long that the commitment expired: the court says so, and the program commits again under
// the salt of its next attempt.

export interface SendOnce<Effect> {
  /** Looks on chain for the effect; undefined where it is not there. */
  alreadyDone: () => Promise<Effect | undefined>;
  /** Sends, and waits for the receipt. */
  send: () => Promise<unknown>;
}

/**
 * Brings an effect about once, whatever happens to this process or its connection: looks, sends where there is nothing
 * yet, and looks again, also after a failure (the transaction may have got through; somebody else may have been
 * faster). Throws what `send` threw where the effect is still not there.
 */
export async function sendOnce<Effect>({ alreadyDone, send }: SendOnce<Effect>): Promise<Effect> {
  const before = await alreadyDone();
  if (before !== undefined) return before;
  let failure: unknown;
  try {
    await send();
  } catch (error) {
    failure = error;
  }
  const after = await alreadyDone();
  if (after !== undefined) return after;
  throw (
    failure ?? new OmlError('CHAIN_UNREACHABLE', 'What was sent is not to be seen on chain yet.', { retryable: true })
  );
}
