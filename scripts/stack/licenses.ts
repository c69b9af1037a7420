import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from 'viem';
import { runApp } from './command.ts';
import { inState, urlOf } from './layout.ts';
import type { Published } from './publish.ts';
import { step } from './progress.ts';
import { hostEnv, type Host } from './services.ts';

export interface Licensed {
  licenseId: string;
  vault: Address;
}

/** What a gateway keeps of each of its licenses. */
interface Listing {
  model: string;
  licenseId: string;
  folder: string;
}

/** A file of a host's gateway. */
export const inHost = ({ part }: Host, ...parts: string[]) => inState(part.replaceAll(' ', '-'), ...parts);

const listingsOf = (host: Host) => JSON.parse(readFileSync(inHost(host, 'licenses.json'), 'utf8')) as Listing[];

/** The first license that a host took. */
export const licenseOf = (host: Host): string => listingsOf(host)[0]!.licenseId;

/** The files that a host was delivered for its first license, whatever it serves under it. */
export const editionOf = (host: Host): string => inHost(host, 'editions', licenseOf(host));

/** A host takes a license through its gateway's own command. */
export async function license({ part, ...host }: Host, { name, modelId, price }: Published): Promise<Licensed> {
  const args = ['--model-id', modelId, '--name', name, '--price', price, '--endpoint', urlOf(part), '--json'];
  let last = '';
  const file = join('apps', 'gateway', 'src', 'onboard.ts');
  const out = await step(
    `${part}: bond, license for ${name}, edition`,
    () => runApp(`onboard ${part}`, file, args, hostEnv({ part, ...host }), (line) => (last = line)),
    () => last,
  );
  return JSON.parse(out) as Licensed;
}

/** What an edition was delivered as: a host that blames must still have it. */
const DELIVERED = 'edition.oml';

/**
 * A cheat gets hold of another licensee's copy of the dear model and answers with it under its cheap license. It keeps
 * what it was delivered itself.
 */
export function serveLeakedEdition(from: Host, to: Host): void {
  const copy = join('editions', 'leaked');
  cpSync(editionOf(from), inHost(to, copy), { recursive: true });
  cpSync(join(editionOf(to), DELIVERED), inHost(to, copy, DELIVERED));
  const listings = listingsOf(to).map((listing) => ({ ...listing, folder: copy }));
  writeFileSync(inHost(to, 'licenses.json'), JSON.stringify(listings, null, 2));
}
