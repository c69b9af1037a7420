import { markOf } from '@oml/db/site/site-key';
import { spendNonce } from '@oml/db/site/sessions';
import { OmlError } from '@oml/protocol/error';
import { timingSafeEqual } from 'node:crypto';
import { BaseError, getAddress, type Address, type Hex } from 'viem';
import { createSiweMessage, generateSiweNonce, parseSiweMessage } from 'viem/siwe';
import type { Desk } from './desk.ts';

/** A challenge may be answered for so long. */
const LIVES_MS = 10 * 60_000;
const SALT = 16;
const STATEMENT = 'Sign in, to say what you want to be told and where. This signs no payment and moves no money.';

/** All of a challenge but its nonce: every field is this site's word, but for whom it is and when it was made. */
const fieldsOf = ({ origin, chainId }: Desk, address: Address, issuedAt: Date) =>
  ({
    domain: new URL(origin).host,
    address,
    statement: STATEMENT,
    uri: origin,
    version: '1',
    chainId,
    issuedAt,
    expirationTime: new Date(issuedAt.getTime() + LIVES_MS),
  }) as const;

/**
 * The message (EIP-4361) that an account signs to sign in. Its nonce carries a mark of the whole message, so that this
 * site knows its own challenges again without keeping one for everybody who asks.
 */
export async function challengeFor(desk: Desk, account: Address): Promise<string> {
  const fields = fieldsOf(desk, account, desk.now());
  const salt = generateSiweNonce().slice(0, SALT);
  return createSiweMessage({ ...fields, nonce: `${salt}${await markedAs(desk, fields, salt)}` });
}

const markedAs = async ({ db }: Desk, fields: ReturnType<typeof fieldsOf>, salt: string): Promise<string> =>
  (await markOf(db, 'sign-in', createSiweMessage({ ...fields, nonce: salt }))).slice(0, 48);

/**
 * Who answered a challenge of this site: by a key, or by a contract account (EIP-1271), also one that is not deployed
 * yet (EIP-6492). Throws UNAUTHORIZED for what is no challenge of this site, expired or answered before, and
 * SIGNATURE_INVALID.
 */
export async function checkAnswer(desk: Desk, message: string, signature: Hex): Promise<Address> {
  const { fields, nonce } = await ownChallenge(desk, message);
  const [now, endsAt] = [desk.now(), fields.expirationTime];
  if (endsAt <= now) throw new OmlError('UNAUTHORIZED', 'The message has expired: ask for a new one and sign that.');
  const { address, domain } = fields;
  const isSigned = await verify(desk, { address, domain, message, nonce, signature, time: now });
  if (!isSigned) throw new OmlError('SIGNATURE_INVALID', `The signature is not one of ${address}.`);
  if (!(await spendNonce(desk.db, nonce, endsAt, now)))
    throw new OmlError('UNAUTHORIZED', 'This message was used to sign in before: ask for a new one and sign that.');
  return address;
}

async function verify({ chain }: Desk, asked: Parameters<Desk['chain']['verifySiweMessage']>[0]): Promise<boolean> {
  try {
    return await chain.verifySiweMessage(asked);
  } catch (cause) {
    throw new OmlError('CHAIN_UNREACHABLE', 'The chain does not answer, which may know this account.', { cause });
  }
}

/** Written anew out of this site's own words, it must be the same text; and only this site can have marked it. */
async function ownChallenge(desk: Desk, message: string) {
  const foreign = () => new OmlError('UNAUTHORIZED', 'The message is not one that this site gave out, for this chain.');
  const { address, nonce = '', issuedAt } = parseSiweMessage(message);
  if (!address || !issuedAt || Number.isNaN(issuedAt.getTime())) throw foreign();
  const salt = nonce.slice(0, SALT);
  try {
    const fields = fieldsOf(desk, getAddress(address), issuedAt);
    if (message !== createSiweMessage({ ...fields, nonce })) throw foreign();
    const mark = Buffer.from(await markedAs(desk, fields, salt));
    const given = Buffer.from(nonce.slice(SALT));
    if (given.length !== mark.length || !timingSafeEqual(given, mark)) throw foreign();
    return { fields, nonce };
  } catch (error) {
    throw error instanceof BaseError ? foreign() : error;
  }
}
