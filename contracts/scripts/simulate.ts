// Attacks played through the real contracts, and the bonds, prices and contest rates at which each loses money.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLAIM_GAS } from '@oml/protocol/evidence/break-even';
import { PROFILES, type Profile } from '../ignition/modules/values.ts';
import { readFlags } from './flags.ts';
import { contractsRoot } from './forge/forge.ts';
import { PLAYS, playAll, type Measured } from './simulate/measured.ts';
import { writtenPage, writtenPlot, type Told } from './simulate/page.ts';
import { sweep, USUAL_ETHER } from './simulate/sweep.ts';

const COMMAND = 'npm run simulate -w contracts';
/** Salts are random, and calldata costs by the byte. */
const TOLERANCE = 0.02;
const HELP = `${COMMAND} [-- options]

Attacks played through the real contracts, and the bonds, prices and contest rates at which each loses money.

  --profile NAME   ${Object.keys(PROFILES).join(' or ')} alone
  --only PLAY      one of scripts/simulate/measured.ts, and what it brought whom
  --ether DOLLARS  price of an ether (${USUAL_ETHER})
  --write          record both profiles in docs/benchmarks/economics.{json,md}
  --help           this text`;
const options = readFlags(HELP, {
  profile: { type: 'string' },
  only: { type: 'string' },
  ether: { type: 'string', default: String(USUAL_ETHER) },
  write: { type: 'boolean', default: false },
});
const profiles = (Object.keys(PROFILES) as Profile[]).filter((name) => name === (options.profile ?? name));
if (profiles.length === 0) throw new Error(`--profile is one of ${Object.keys(PROFILES).join(', ')}.`);
if (options.write && options.profile) throw new Error('--write records both profiles.');
const ether = Number(options.ether);
if (!(ether > 0)) throw new Error('--ether is a price in dollars, above zero.');

if (options.only === undefined) await report();
else await playOne(options.only);

async function playOne(name: string): Promise<void> {
  const play = (PLAYS as Record<string, (profile: Profile) => Promise<unknown>>)[name];
  if (!play) throw new Error(`--only is one of ${Object.keys(PLAYS).join(', ')}.`);
  for (const profile of profiles) console.log(profile, await play(profile));
}

async function report(): Promise<void> {
  const told: { -readonly [Each in Profile]?: Told[Each] } = {};
  for (const profile of profiles) {
    const measured = await playAll(profile);
    const figures = sweep(measured, { ether });
    told[profile] = { measured, figures };
    console.table(figures.map(({ attack, name, value, unit }) => ({ attack, name, [profile]: value, unit })));
    checkGas(measured);
  }
  if (options.write) write(told as Told);
}

/** What pages reckon with is what was measured. */
function checkGas({ profile, inspection, disguised, unpaid }: Measured): void {
  const measured = {
    opened: inspection.opened.claimGas,
    disguised: disguised.outcome.claimGas,
    unpaid: unpaid.claimGas,
  };
  for (const [name, gas] of Object.entries(measured)) {
    const recorded = Number(CLAIM_GAS[name as keyof typeof CLAIM_GAS]);
    if (Math.abs(gas - recorded) <= TOLERANCE * gas) continue;
    console.error(`${profile}: ${name} costs ${gas} gas; CLAIM_GAS in packages/protocol says ${recorded}.`);
    process.exitCode = 1;
  }
}

function write(told: Told): void {
  const docs = join(contractsRoot, '../docs/benchmarks');
  const rows = Object.entries(told).flatMap(([profile, { figures }]) =>
    figures
      .filter(({ value }) => Number.isFinite(value))
      .map(({ attack, name, value, unit }) => ({
        metric: `economics.${attack}.${profile}.${name}`,
        value,
        unit,
        target: 'reported',
        anchor: 'own: played through the contracts',
        command: COMMAND,
      })),
  );
  writeFileSync(join(docs, 'economics.json'), `${JSON.stringify(rows, null, 2)}\n`);
  writeFileSync(join(docs, 'economics.md'), writtenPage(told, ether));
  writeFileSync(join(docs, 'economics-profit.svg'), writtenPlot(told));
}
