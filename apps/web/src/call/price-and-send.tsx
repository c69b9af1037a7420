'use client';
import { devDollarAbi } from '@oml/contracts/abis';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { dollars } from '@oml/ui/dollars';
import { shortHex } from '@oml/ui/short-hex';
import { useConnection, useReadContract } from 'wagmi';
import { TextLink } from '#kit/links.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';
import type { Listing } from '#host/host-listing.ts';
import type { ServingLicense } from '#host/shown-host.ts';
import { SessionFields, walletWords } from './session/session-fields.tsx';
import type { SessionChoice } from './session/use-session-choice.ts';

/** What it costs and what the wallet will ask, before anything is signed. */
export function PriceAndSend({
  listing,
  asking,
  license,
  busy,
  ready,
  choice,
}: {
  listing: Listing | undefined;
  asking: boolean;
  license: ServingLicense;
  busy: boolean;
  ready: boolean;
  choice: SessionChoice;
}) {
  const { address } = useConnection();
  const { token } = usePublicConfig().deployment.contracts;
  const balance = useReadContract({
    address: token,
    abi: devDollarAbi,
    functionName: 'balanceOf',
    args: address ? [address] : undefined,
    query: { enabled: address !== undefined, refetchInterval: 4000 },
  });
  const asked = choice.way === 'call' ? listing?.price : choice.call?.signs ? choice.call.budget : 0n;
  const short = asked !== undefined && balance.data !== undefined && balance.data < asked;
  const wrongVault = listing !== undefined && listing.vault.toLowerCase() !== license.vault.toLowerCase();
  return (
    <div className="flex flex-col gap-2">
      <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 rounded-md border border-line px-4 py-3 text-sm">
        <dt className="text-ink-soft">Price of this call</dt>
        <dd className="text-right">
          {listing ? (
            <>
              {listing.isMetered ? 'up to ' : null}
              <Amount value={listing.price} />
            </>
          ) : (
            <span className="text-ink-faint">{asking ? 'asking the host' : 'unknown'}</span>
          )}
        </dd>
        <dt className="text-ink-soft">Most it can cost</dt>
        <dd className="text-right">{listing ? <Amount value={listing.price} /> : null}</dd>
        <dt className="text-ink-soft">Gas</dt>
        <dd className="text-right">none, the host pays it</dd>
      </dl>
      {listing ? <SessionFields choice={choice} price={listing.price} /> : null}
      <p className="text-xs text-ink-soft">
        {walletWords(choice, shortHex(license.vault), license.licenseId) ??
          `Your wallet will ask for one signature: a transfer of ${listing?.isMetered ? 'at most' : 'exactly'} ${
            listing ? dollars(listing.price) : 'this price'
          } to the vault ${shortHex(license.vault)} of license ${license.licenseId}. It cannot be used for more, for anything else, or twice.`}{' '}
        The host keeps the answer, encrypted, for 24 hours: <TextLink href="/kept">what is kept, and how long</TextLink>
        .
      </p>
      {wrongVault ? (
        <p className="text-xs font-semibold text-risk">
          This host asks for payment to {shortHex(listing.vault)}, which is not the vault of its license. Do not pay it.
        </p>
      ) : null}
      <Button
        type="submit"
        variant="primary"
        busy={busy}
        disabled={!address || !listing || !ready || short || wrongVault || !choice.isReady}
        data-testid="try-send"
      >
        {busy
          ? 'Waiting for the answer'
          : listing
            ? sendWords(choice, `${listing.isMetered ? 'at most ' : ''}${dollars(listing.price)}`)
            : 'Sign and send'}
      </Button>
      {!address ? <p className="text-xs text-ink-soft">Connect a wallet first.</p> : null}
      {!listing && !asking ? (
        <p className="text-xs text-risk">This host does not serve the model right now. Choose another one.</p>
      ) : null}
      {short ? (
        <p className="text-xs text-risk">
          Your balance is {dollars(balance.data ?? 0n)}. <TextLink href="/use">Get dollars</TextLink>
        </p>
      ) : null}
    </div>
  );
}

function sendWords({ way, call }: SessionChoice, price: string): string {
  if (way === 'call') return `Sign and send for ${price}`;
  return call?.signs === false ? `Send for ${price}` : `Sign for ${call ? dollars(call.budget) : 'a session'} and send`;
}
