import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Card, Figure, Figures, Section } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import { Hash } from '@oml/ui/hash';
import { Badge } from '@oml/ui/state-badge';
import { AccountStanding } from '#host/account-standing.tsx';
import { LicenseTable } from '#host/license-table.tsx';
import type { HostEnd, ShownAccount, ShownLicense } from '#host/shown-host.ts';
import { PartComing } from '#kit/needs-script.tsx';
import { AnyonesLicense, VaultMoney } from '#kit/wallet-islands.ts';

/** How a host stands, in one sentence. */
export function EndCard({ end }: { end: HostEnd }) {
  return (
    <Card className="p-5">
      <div data-testid="host-end" className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Badge tone={end.tone}>{end.word}</Badge>
        <span className="text-base">{end.sentence}</span>
      </div>
    </Card>
  );
}

/** A host's bond, and what claims did to it. */
export function BondFigures({ host, booked }: { host: ShownAccount; booked: bigint }) {
  const { bond, reserved, isCovered, contested, slashed, lateFees } = host;
  return (
    <div className="flex flex-col gap-4">
      <Figures>
        <Figure name={<Definition of="bond">Bond</Definition>} value={<Amount value={bond} />} />
        <Figure name="Reserved by licenses" value={<Amount value={reserved} />} />
        <Figure
          name={<Definition of="covered">Covered</Definition>}
          value={<span data-testid="host-covered">{isCovered ? 'yes' : 'no'}</span>}
        />
        <Figure
          name="Set aside by claims"
          value={<Amount value={contested} tone={contested > 0n ? 'risk' : 'plain'} />}
        />
        <Figure name="Slashed" value={<Amount value={slashed} tone={slashed > 0n ? 'slashed' : 'plain'} />} />
        <Figure
          name={<Definition of="late fee">Late fees</Definition>}
          value={<Amount value={lateFees} tone={lateFees > 0n ? 'risk' : 'plain'} />}
        />
        <Figure
          name={<Definition of="booked">Booked</Definition>}
          value={<Amount value={booked} tone={booked > 0n ? 'money' : 'plain'} />}
        />
      </Figures>
      <AccountStanding account={host} />
    </div>
  );
}

/** What a host serves, and what anyone may do about it. */
export function LicensesPart({ licenses }: { licenses: readonly ShownLicense[] }) {
  return (
    <>
      <Section title="Licenses">
        <LicenseTable licenses={licenses} />
        <div className="mt-4 flex flex-col gap-4">
          {licenses.map(({ licenseId }) => (
            <AnyonesLicense key={String(licenseId)} licenseId={licenseId} />
          ))}
        </div>
      </Section>
      <Section
        title="Money in the vaults"
        note="It can only leave split, to whom it belongs, whoever presses the button."
      >
        <div className="grid items-start gap-4 lg:grid-cols-2">
          {licenses.map(({ licenseId, modelId, vault }) => (
            <VaultMoney
              key={String(licenseId)}
              license={{ licenseId, modelId, vault }}
              fallback={<PartComing title={`License ${licenseId}`}>Asking its vault.</PartComing>}
            />
          ))}
        </div>
      </Section>
    </>
  );
}

/** Keys that sign a host's receipts. */
export function SignersPart({ signers }: Pick<ShownAccount, 'signers'>) {
  return (
    <Section title="Signers" note="Keys that sign this host’s receipts, each bound to it forever by its own signature.">
      <Card className="divide-y divide-line">
        {signers.map(({ signer, boundAt, revokedAt }) => (
          <p key={signer} className="flex flex-wrap items-center justify-between gap-x-4 px-4 py-2.5 text-sm">
            <Hash value={signer} label="signer" />
            <span className="text-xs text-ink-soft">
              bound <Ago at={boundAt} />
              {revokedAt ? (
                <>
                  , revoked from <Ago at={revokedAt} />
                </>
              ) : null}
            </span>
          </p>
        ))}
      </Card>
    </Section>
  );
}
