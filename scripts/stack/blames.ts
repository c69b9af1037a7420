// Two blames: of an honest host that was delivered a bait, and of a cheat that says it was.
import type { OmlError } from '@oml/protocol/error';
import type { Audit } from '@oml/protocol/wire/audit';
import { join } from 'node:path';
import type { Address } from 'viem';
import { actors } from './actors.ts';
import { runAudit } from './audits.ts';
import { postTitleBond, publishBait, TITLE_BOND } from './bait.ts';
import { callAt } from './buyer.ts';
import { chapter, toldChapter } from './chapters.ts';
import { runApp } from './command.ts';
import { mintDollars } from './dollars.ts';
import { license, serveLeakedEdition, type Licensed } from './licenses.ts';
import { urlOf } from './layout.ts';
import { startPart } from './processes.ts';
import { step } from './progress.ts';
import type { Published } from './publish.ts';
import { baitedHost, defiantHost, gateway, hostEnv, hosts, jurors, type Host } from './services.ts';
import { untilUp } from './wait.ts';

const DOLLAR = 1_000_000n;

/** What a story knows of one blame when it is over. */
export interface BlameTold {
  account: Address;
  /** The model that the host was licensed. */
  modelId: string;
  licenseId: string;
  audit: Audit;
}

/** Runs every chapter that an earlier start did not finish. */
export async function tellBlames(onDeath: (why: OmlError) => void): Promise<void> {
  await chapter('dollars for blames', () =>
    step('minting dev dollars for those of the blames', () =>
      mintDollars({
        planter: TITLE_BOND,
        baitedHost: 60n * DOLLAR,
        defiantHost: 60n * DOLLAR,
        baitedSigner: 5n * DOLLAR, // for the deposit of its blame
        firstJuror: 40n * DOLLAR,
        secondJuror: 40n * DOLLAR,
        verifier: 10n * DOLLAR,
      }),
    ),
  );
  for (const juror of jurors()) startPart(juror, onDeath);
  const [cheap, dear] = [toldChapter<Published>('publish fable-mini')!, toldChapter<Published>('publish fable')!];
  await Promise.all([baited(cheap, onDeath), defiant(cheap, dear, onDeath)]);
}

async function baited(original: Published, onDeath: (why: OmlError) => void): Promise<void> {
  const cheat = hosts[2]!;
  const bait = await chapter('publish bait', () => publishBait(original, cheat));
  await chapter('title bond', () => postTitleBond(bait));
  const licensed = await chapter('license baited', () => license(baitedHost, bait));
  await start(baitedHost, onDeath);
  await chapter('traffic of the bait', () => callAt(baitedHost.part, 2));
  await chapter('baited', () => blamed(baitedHost, bait, licensed, original));
}

async function defiant(cheap: Published, dear: Published, onDeath: (why: OmlError) => void): Promise<void> {
  const licensed = await chapter('license defiant', () => license(defiantHost, cheap));
  await chapter('leak to the defiant', async () => serveLeakedEdition(hosts[1]!, defiantHost));
  await start(defiantHost, onDeath);
  await chapter('defiant', async () => {
    const env = { ...hostEnv(defiantHost), PUBLIC_URL: urlOf(defiantHost.part) };
    const blame = runApp('blame of the defiant', join('scripts', 'stack', 'defiant-blame.ts'), [], env);
    const [told] = await Promise.all([blamed(defiantHost, cheap, licensed, dear), blame]);
    return told;
  });
}

async function start(host: Host, onDeath: (why: OmlError) => void): Promise<void> {
  startPart(gateway(host), onDeath);
  await untilUp(host.part, `${urlOf(host.part)}/ready`);
}

/** The verifier claims that a host answers for a model under another name; the audit ends when the blame has. */
async function blamed(
  { part, account: role }: Host,
  { modelId }: Published,
  { licenseId }: Licensed,
  original: Published,
): Promise<BlameTold> {
  const account = actors[role].address;
  let last = '';
  const audit = await step(
    `the verifier suspects ${original.name} behind the ${part}, which blames its edition`,
    () => runAudit({ kind: 'disguise', account, modelId: original.modelId }, (note) => (last = note)),
    () => last,
  );
  return { account, modelId, licenseId, audit };
}
