// The story: what three hosts do with one model, told through the same interfaces a stranger would use.
import type { OmlError } from '@oml/protocol/error';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { actors } from './actors.ts';
import type { Audit } from '@oml/protocol/wire/audit';
import { runAudit } from './audits.ts';
import { callOften } from './buyer.ts';
import { chapter } from './chapters.ts';
import { runApp } from './command.ts';
import { mintDollars } from './dollars.ts';
import { inState, urlOf } from './layout.ts';
import { publish, type Published } from './publish.ts';
import { startPart } from './processes.ts';
import { step } from './progress.ts';
import { gateway, hostEnv, hosts, type Host } from './services.ts';
import { untilUp } from './wait.ts';

const DOLLAR = 1_000_000n;

/** Runs every chapter that an earlier start did not finish. */
export async function tellStory(onDeath: (why: OmlError) => void): Promise<void> {
  await chapter('dollars', () =>
    step('minting dev dollars for publisher, hosts, verifier and buyer', () =>
      mintDollars({
        publisher: DOLLAR, // for the fees of code books
        honestHost: 100n * DOLLAR,
        tardyHost: 100n * DOLLAR,
        cheatingHost: 100n * DOLLAR,
        verifier: 100n * DOLLAR,
        buyer: 10n * DOLLAR,
      }),
    ),
  );
  const cheap = await chapter('publish fable-mini', () => publish('fable-mini'));
  const dear = await chapter('publish fable', () => publish('fable', ['fable-mini']));
  const digits = await chapter('publish digits', () => publish('digits'));

  const [honest, tardy, cheat] = hosts as [Host, Host, Host];
  await chapter('license honest', async () => [await license(honest, dear), await license(honest, digits)]);
  await chapter('license tardy', () => license(tardy, dear));
  await chapter('license cheat', () => license(cheat, cheap));
  await chapter('leak', async () => serveLeakedEdition(tardy, cheat));
  await startGateways(onDeath);

  await chapter('ordinary traffic', () => step('a buyer pays for answers at all three hosts', () => callOften(3)));
  await chapter('audits', () => step('the verifier audits all three hosts', () => auditAll(dear), auditNotes));
}

async function license({ part, ...host }: Host, { name, modelId, price }: Published) {
  const args = ['--model-id', modelId, '--name', name, '--price', price, '--endpoint', urlOf(part), '--json'];
  let last = '';
  const file = join('apps', 'gateway', 'src', 'onboard.ts');
  const out = await step(
    `${part}: bond, license for ${name}, edition`,
    () => runApp(`onboard ${part}`, file, args, hostEnv({ part, ...host }), (line) => (last = line)),
    () => last,
  );
  return JSON.parse(out) as unknown;
}

/** The cheat gets hold of another licensee's copy of the dear model and answers with it under its cheap license. */
function serveLeakedEdition(from: Host, to: Host): void {
  const listings = (host: Host) =>
    JSON.parse(readFileSync(inHost(host, 'licenses.json'), 'utf8')) as { folder: string }[];
  const copy = join('editions', 'leaked');
  cpSync(inHost(from, listings(from)[0]!.folder), inHost(to, copy), { recursive: true });
  writeFileSync(
    inHost(to, 'licenses.json'),
    JSON.stringify(
      listings(to).map((listing) => ({ ...listing, folder: copy })),
      null,
      2,
    ),
  );
}

const inHost = ({ part }: Host, ...parts: string[]) => inState(part.replaceAll(' ', '-'), ...parts);

const started = new Set<string>();

async function startGateways(onDeath: (why: OmlError) => void): Promise<void> {
  for (const host of hosts) {
    if (started.has(host.part) || (await isUp(host))) continue;
    started.add(host.part);
    startPart(gateway(host), onDeath);
  }
  await step('waiting for the gateways', () =>
    Promise.all(hosts.map(({ part }) => untilUp(part, `${urlOf(part)}/ready`))),
  );
}

async function isUp({ part }: Host): Promise<boolean> {
  try {
    return (await fetch(`${urlOf(part)}/health`)).ok;
  } catch {
    return false;
  }
}

const notes = new Map<string, string>();
const auditNotes = () => [...notes].map(([name, note]) => `${name}: ${note}`).join('; ');

async function auditAll(dear: Published): Promise<Record<'honest' | 'tardy' | 'cheat', Audit>> {
  const [honest, tardy, cheat] = hosts as [Host, Host, Host];
  const licenseOf = (host: Host) =>
    (JSON.parse(readFileSync(inHost(host, 'licenses.json'), 'utf8')) as { licenseId: string }[])[0]!.licenseId;
  const follow = (name: string) => (note: string) => void notes.set(name, note);
  const [honestAudit, tardyAudit, cheatAudit] = await Promise.all([
    runAudit({ kind: 'paid-use', licenseId: licenseOf(honest), calls: 2, challenge: true }, follow('honest')),
    runAudit({ kind: 'paid-use', licenseId: licenseOf(tardy), calls: 2 }, follow('tardy')),
    runAudit({ kind: 'disguise', account: actors[cheat.account].address, modelId: dear.modelId }, follow('cheat')),
  ]);
  return { honest: honestAudit, tardy: tardyAudit, cheat: cheatAudit };
}
