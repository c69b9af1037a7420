// The story: what three hosts do with one model, and who is paid for what is built on another, told through the same
// interfaces a stranger would use.
import type { OmlError } from '@oml/protocol/error';
import { actors } from './actors.ts';
import type { Audit } from '@oml/protocol/wire/audit';
import { runAudit } from './audits.ts';
import { callOften, classifyOften } from './buyer.ts';
import { chapter } from './chapters.ts';
import { publishChild, takeRight } from './child.ts';
import { mintDollars } from './dollars.ts';
import { license, licenseOf, serveLeakedEdition, type Licensed } from './licenses.ts';
import { urlOf } from './layout.ts';
import { balances, untilPaidOut } from './payouts.ts';
import { draftOf, publish, type Published } from './publish.ts';
import { startPart } from './processes.ts';
import { step } from './progress.ts';
import { gateway, hosts, type Host } from './services.ts';
import { untilUp } from './wait.ts';

const DOLLAR = 1_000_000n;

/** Runs every chapter that an earlier start did not finish. */
export async function tellStory(onDeath: (why: OmlError) => void): Promise<void> {
  await chapter('dollars', () =>
    step('minting dev dollars for publishers, hosts, verifier and buyer', () =>
      mintDollars({
        publisher: DOLLAR, // for the fees of code books
        childPublisher: DOLLAR, // and for the right to build on a model
        honestHost: 100n * DOLLAR,
        tardyHost: 100n * DOLLAR,
        cheatingHost: 100n * DOLLAR,
        verifier: 100n * DOLLAR,
        buyer: 10n * DOLLAR,
      }),
    ),
  );
  const cheap = await chapter('publish fable-mini', () => publish(draftOf('fable-mini')));
  const dear = await chapter('publish fable', () => publish(draftOf('fable', ['fable-mini'])));
  const digits = await chapter('publish digits', () => publish(draftOf('digits')));
  const child = await licenseAll(cheap, dear, digits);
  await startGateways(onDeath);

  const before = await chapter('balances', balances);
  await chapter('ordinary traffic', () => step('a buyer pays for answers at all three hosts', () => callOften(3)));
  await chapter('traffic of the child', () =>
    step(`the buyer pays for answers of ${child.name}`, () => classifyOften(child.name, 3)),
  );
  await Promise.all([
    chapter('payouts', () =>
      step('host, owner and the parent’s owner are paid out of the vault', () => untilPaidOut(child.vault, before)),
    ),
    chapter('audits', () => step('the verifier audits all three hosts', () => auditAll(dear), auditNotes)),
  ]);
}

/** Everyone takes licenses at once; only the honest host waits for the model that a second owner builds meanwhile. */
async function licenseAll(cheap: Published, dear: Published, digits: Published): Promise<Published & Licensed> {
  const [honest, tardy, cheat] = hosts as [Host, Host, Host];
  const built = buildOn(digits);
  const [licensed] = await Promise.all([
    (async () => {
      await chapter('license honest', async () => [await license(honest, dear), await license(honest, digits)]);
      const child = await built;
      return { ...child, ...(await chapter('license child', () => license(honest, child))) };
    })(),
    (async () => {
      await chapter('license tardy', () => license(tardy, dear));
      await chapter('license cheat', () => license(cheat, cheap));
      await chapter('leak', async () => serveLeakedEdition(tardy, cheat));
    })(),
    built,
  ]);
  return licensed;
}

async function buildOn(parent: Published): Promise<Published> {
  await chapter(`right to ${parent.name}`, () => takeRight(parent));
  return chapter('publish digits-child', () => publishChild(parent));
}

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
  const follow = (name: string) => (note: string) => void notes.set(name, note);
  const [honestAudit, tardyAudit, cheatAudit] = await Promise.all([
    runAudit({ kind: 'paid-use', licenseId: licenseOf(honest), calls: 2, challenge: true }, follow('honest')),
    runAudit({ kind: 'paid-use', licenseId: licenseOf(tardy), calls: 2 }, follow('tardy')),
    runAudit({ kind: 'disguise', account: actors[cheat.account].address, modelId: dear.modelId }, follow('cheat')),
  ]);
  return { honest: honestAudit, tardy: tardyAudit, cheat: cheatAudit };
}
