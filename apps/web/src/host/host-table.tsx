import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Explained } from '@oml/ui/definition';
import { Badge, StateBadge } from '@oml/ui/state-badge';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { HostLink } from '#kit/links.tsx';
import { tookWords, uptimeWords } from './endpoint-words.ts';
import { AskedPrice, PriceAsking } from './price-asking.tsx';
import type { MeasuredEndpoint, ShownHost } from './shown-host.ts';

/** Who serves a model: price (asked of the hosts on demand), what was measured, bond, standing, what it booked. */
export function HostTable({ hosts, floorPrice }: { hosts: readonly ShownHost[]; floorPrice: bigint }) {
  return (
    <PriceAsking>
      <Table label="Hosts of this model">
        <Head>
          <Heading>Host</Heading>
          <Heading>License</Heading>
          <Heading numeric>Price per call</Heading>
          <Heading numeric>{ANSWER}</Heading>
          <Heading numeric>{SPEED}</Heading>
          <Heading numeric>{UPTIME}</Heading>
          <Heading numeric>{VERIFIED}</Heading>
          <Heading numeric>Bond</Heading>
          <Heading>Standing</Heading>
          <Heading numeric>Booked</Heading>
        </Head>
        <Body>
          {hosts.map((host) => (
            <HostRow key={String(host.license.licenseId)} host={host} floorPrice={floorPrice} />
          ))}
        </Body>
      </Table>
    </PriceAsking>
  );
}

const ANSWER = (
  <Explained by="How long a paid answer took with its payment: half of them no longer, and nineteen of twenty no longer.">
    Answer, half / 95 %
  </Explained>
);
const SPEED = (
  <Explained by="Of streamed answers, from the first piece to the last; half were faster.">Tokens/s</Explained>
);
const UPTIME = (
  <Explained by="How often a verifier looked and found the model listed there, in the window below.">Uptime</Explained>
);
const VERIFIED = (
  <Explained by="When a verifier last paid for an answer there and its receipt held up.">Last verified</Explained>
);

function HostRow({ host: { license, bond, end, measured }, floorPrice }: { host: ShownHost; floorPrice: bigint }) {
  const [latest] = measured;
  return (
    <Row data-testid={`host-${license.licenseId}`}>
      <Cell label="Host">
        <HostLink account={license.account} />
      </Cell>
      <Cell label="License" className="whitespace-nowrap">
        <span>
          <StateBadge of="license" state={license.state} />{' '}
          <span className="ml-1 font-mono text-xs text-ink-faint">#{String(license.licenseId)}</span>
        </span>
      </Cell>
      <Cell label="Price per call" numeric>
        {license.state === 'active' || license.state === 'closing' ? (
          <AskedPrice license={{ endpoint: license.endpoint, licenseId: license.licenseId }} floorPrice={floorPrice} />
        ) : (
          <span className="text-ink-faint">not serving</span>
        )}
      </Cell>
      <MeasuredCells of={latest} />
      <Cell label="Bond" numeric>
        <Amount value={bond} />
      </Cell>
      <Cell label="Standing">
        <Badge tone={end.tone} title={end.sentence}>
          {end.word}
        </Badge>
      </Cell>
      <Cell label="Booked" numeric>
        <span>
          <Amount value={license.bookedTotal} tone={license.bookedTotal > 0n ? 'money' : 'plain'} />
          <span className="block text-xs text-ink-faint">
            {license.bookedCount} {license.bookedCount === 1 ? 'use' : 'uses'}
          </span>
        </span>
      </Cell>
    </Row>
  );
}

/** What is not measured is said to be so. */
function MeasuredCells({ of }: { of: MeasuredEndpoint | undefined }) {
  const unknown = <span className="text-ink-faint">not measured</span>;
  return (
    <>
      <Cell label="Answer, half / 95 %" numeric className="whitespace-nowrap">
        {of?.p50Ms !== undefined && of.p95Ms !== undefined
          ? `${tookWords(of.p50Ms)} / ${tookWords(of.p95Ms)}`
          : unknown}
      </Cell>
      <Cell label="Tokens/s" numeric>
        {of?.tokensPerSecond !== undefined ? of.tokensPerSecond.toFixed(of.tokensPerSecond < 10 ? 1 : 0) : unknown}
      </Cell>
      <Cell label="Uptime" numeric className="whitespace-nowrap">
        {of && of.looks > 0 ? (
          <span>
            {uptimeWords(of)}
            <span className="block text-xs text-ink-faint">
              {of.up} of {of.looks} looks
            </span>
          </span>
        ) : (
          unknown
        )}
      </Cell>
      <Cell label="Last verified" numeric>
        {of?.verifiedAt ? <Ago at={of.verifiedAt} /> : unknown}
      </Cell>
    </>
  );
}
