'use client';
import { Button } from '@oml/ui/button';
import { Note } from '@oml/ui/empty-state';
import { TextField } from '@oml/ui/field';
import { CopyButton } from '@oml/ui/copy-button';
import { Tabs } from '@oml/ui/tabs';
import { useState } from 'react';
import { isAddress, isHex } from 'viem';
import { usePublicConfig } from '#kit/config-context.tsx';
import { makeHostKeys, type HostKeys } from './host-keys.ts';
import type { Address, Hex } from '#kit/hex.ts';

/** The keys of the gateway: made here, or the public halves of keys it has already. */
export function KeyStep({ account, onKeys }: { account: Address; onKeys: (keys: HostKeys) => void }) {
  return (
    <Tabs
      label="Where the gateway’s keys come from"
      tabs={[
        { value: 'make', label: 'Make keys here', content: <MakeKeys account={account} onKeys={onKeys} /> },
        { value: 'paste', label: 'My gateway has keys', content: <PasteKeys onKeys={onKeys} /> },
      ]}
    />
  );
}

function MakeKeys({ account, onKeys }: { account: Address; onKeys: (keys: HostKeys) => void }) {
  const { deployment } = usePublicConfig();
  return (
    <div className="flex flex-col gap-3 text-sm">
      <p className="text-ink-soft">
        A signer key for receipts and a seed that opens your edition. They are made in this browser and shown once;
        nobody else gets them.
      </p>
      <Button
        className="self-start"
        onClick={() => void makeHostKeys(account, deployment).then(onKeys)}
        data-testid="license-make-keys"
      >
        Make keys
      </Button>
    </div>
  );
}

/** Keys made here, for as long as the page is open: nobody can show them again. */
export function KeysToKeep({ environment }: { environment: string }) {
  return (
    <Note tone="risk">
      <p className="flex items-center justify-between gap-2 font-semibold">
        Keep these for your gateway <CopyButton value={environment} label="keys" />
      </p>
      <p className="text-xs text-ink-soft">They are gone when this page is closed or reloaded.</p>
      <pre className="mt-2 overflow-x-auto font-mono text-xs" data-testid="license-environment">
        {environment}
      </pre>
    </Note>
  );
}

function PasteKeys({ onKeys }: { onKeys: (keys: HostKeys) => void }) {
  const [signer, setSigner] = useState('');
  const [consent, setConsent] = useState('');
  const [encryptionKey, setEncryptionKey] = useState('');
  const valid = {
    signer: isAddress(signer.trim(), { strict: false }),
    consent: isHexOf(consent, 65),
    encryptionKey: isHexOf(encryptionKey, 32),
  };
  const problem = (ok: boolean, text: string, what: string) => (text && !ok ? `Not ${what}.` : undefined);
  return (
    <div className="flex flex-col gap-3">
      <TextField
        mono
        label="Signer address"
        value={signer}
        onChange={(event) => setSigner(event.target.value)}
        problem={problem(valid.signer, signer, 'an address')}
        data-testid="license-signer"
      />
      <TextField
        mono
        label="Signer’s signature"
        hint="EIP-712 SignerBinding over your account, made with the signer’s key."
        value={consent}
        onChange={(event) => setConsent(event.target.value)}
        problem={problem(valid.consent, consent, 'a 65-byte signature')}
        data-testid="license-signature"
      />
      <TextField
        mono
        label="Encryption key"
        hint="X25519 public key that your edition is sealed to."
        value={encryptionKey}
        onChange={(event) => setEncryptionKey(event.target.value)}
        problem={problem(valid.encryptionKey, encryptionKey, '32 bytes of hex')}
        data-testid="license-encryption-key"
      />
      <Button
        className="self-start"
        disabled={!valid.signer || !valid.consent || !valid.encryptionKey}
        onClick={() =>
          onKeys({
            signer: signer.trim() as Address,
            consent: consent.trim() as Hex,
            encryptionKey: encryptionKey.trim() as Hex,
          })
        }
      >
        Use these keys
      </Button>
    </div>
  );
}

const isHexOf = (text: string, bytes: number): boolean => isHex(text.trim()) && text.trim().length === 2 + 2 * bytes;
