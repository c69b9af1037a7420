import { readDeployment } from '@oml/contracts/deployment';
import { Driver } from '@oml/program/driver';
import { OmlError } from '@oml/protocol/error';
import { checkChain, connectChain, type Chain } from '@oml/service/chain';
import { readFlags } from '@oml/service/flags';
import { createLogger } from '@oml/service/logger';
import { runMain } from '@oml/service/run';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readPublisherOptions } from './options.ts';
import { edition } from './programs/edition.ts';
import { publication } from './programs/publication.ts';
import { publisherContext, type PublisherContext } from './publisher.ts';
import { knownFiles } from './restore/known-files.ts';
import { restoreEditions, type RestoredEdition } from './restore/restore-editions.ts';
import { restoreWear } from './restore/restore-wear.ts';
import { restoreOrder, type RestoredRelease } from './restore/restore-order.ts';
import { openPublisherStore } from './store.ts';
import { Workshop } from './workshop/workshop.ts';

const HELP = `Brings a publisher back whose disk is lost, from OWNER_SECRET, AGENT_KEY, the chain, the orders and the files that were
published. It draws every code book again, finds on chain what was sent for it, and writes every edition again that was
delivered. It sends no transaction, and can be run again. Start the publisher afterwards.

  npm run restore -w @oml/publisher -- --order FILE... --dir FOLDER... [--word FILE...]

  --order FILE   an order as --keep of publish-model or release wrote it, oldest first (repeatable)
  --dir FOLDER   where the files lie that were uploaded; they are known by their SHA-256 (repeatable)
  --word FILE    a word of an owner on who gets probes, as --keep of recipients wrote it, oldest first (repeatable)
  --json         print the result as JSON
  --help         this text

Environment: that of the publisher (RPC_URL, OML_DEPLOYMENT, DATA_DIR or S3_…, OWNER_SECRET, AGENT_KEY, …).
`;

/** Said whatever comes back. */
const LOST = [
  'Words of owners on demo editions: nobody gets one until its owner says so again.',
  'Words of owners on who gets probes, but those that were given: nobody gets any until its owner says so again.',
  'Which probes were handed out and never shown on chain: a book may be worn further than is said; whose canary was ' +
    'whose: a release has none from now on. Batches that were opened and not paid are paid by hand (npm run pay-batch).',
  'Uploads that no order names, and publications that were not finished: order them again.',
];
/** Whatever fails is told soon: nobody waits for a chain that is away. */
const PATIENCE_MS = 60_000;

const files = z.array(z.string().min(1));
const flagsSchema = z.object({ order: files.min(1), dir: files.default([]), word: files.default([]) });

await runMain(async () => {
  const texts = { type: 'string', multiple: true } as const;
  const toggle = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { order: texts, dir: texts, word: texts, json: toggle, help: toggle } });
  if (values.help) return void process.stdout.write(HELP);
  const { order, dir, word } = readFlags(flagsSchema, values);
  const { models, editions, recipients, wear } = await restoreAll({
    orders: order.map(readOrder),
    words: word.map(readOrder),
    folders: dir,
  });
  const isWhole = models.every(({ sameWeights }) => sameWeights) && editions.every(({ same }) => same);
  if (!isWhole) process.exitCode = 1;
  if (values.json)
    return console.log(JSON.stringify({ models, editions: editions.map(toJson), recipients, wear, lost: LOST }));
  for (const model of models) console.log(modelInWords(model));
  for (const one of editions) console.log(editionInWords(one));
  for (const { modelId } of recipients) console.log(`Model ${modelId}: probes are sealed to those its owner chose.`);
  for (const { modelId, release, batches } of wear)
    console.log(`Model ${modelId}, release ${release}: the chain shows ${batches} batches that asked its keys.`);
  console.log(['What does not come back:', ...LOST.map((line) => `  ${line}`)].join('\n'));
});

interface Given {
  orders: readonly unknown[];
  words: readonly unknown[];
  folders: readonly string[];
}

async function restoreAll({ orders, words, folders }: Given) {
  const options = readPublisherOptions();
  const logger = createLogger('restore');
  const deployment = readDeployment(options.OML_DEPLOYMENT);
  const chain = lookOnly(connectChain({ rpcUrl: options.RPC_URL, deployment, key: options.AGENT_KEY, logger }));
  await checkChain(chain);
  const files = await knownFiles(folders);
  mkdirSync(options.DATA_DIR, { recursive: true, mode: 0o700 });
  const store = await openPublisherStore(options.STORE ?? join(options.DATA_DIR, 'publisher.sqlite'));
  const workshop = new Workshop();
  const context = publisherContext(options, { chain, store, workshop, sends: false });
  const programs = [publication, edition];
  const driver = new Driver<PublisherContext>({ store, context, logger, programs, patienceMs: PATIENCE_MS });
  try {
    const models: RestoredRelease[] = [];
    for (const order of orders) models.push(await restoreOrder(order, { context, store, driver, files }));
    const editions = await restoreEditions({ context, store, driver, files });
    const recipients: { modelId: string }[] = [];
    for (const word of words) recipients.push({ modelId: String((await context.recipients.sayAgain(word)).modelId) });
    return { models, editions, recipients, wear: await restoreWear(context) };
  } finally {
    await workshop.close();
    if (await driver.stop()) await store.close();
  }
}

/** Whatever was sent is found; nothing is sent. */
function lookOnly(chain: Chain): Chain {
  const send = () =>
    Promise.reject(
      new OmlError('CONFLICT', 'It was not sent before, and restoring sends nothing: the publisher will.'),
    );
  return { ...chain, send };
}

function readOrder(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new OmlError('REQUEST_INVALID', `${file} is not an order that can be read.`, { cause });
  }
}

function toJson({ licenseId, ...rest }: RestoredEdition) {
  return { licenseId: String(licenseId), ...rest };
}

function modelInWords({ modelId, release, sameWeights }: RestoredRelease): string {
  const weights = sameWeights
    ? 'and so are the weights.'
    : 'the weights come out otherwise on this machine: its probes are good, its editions are not.';
  return `Model ${modelId}, release ${release}: the code book is the one on chain, ${weights}`;
}

function editionInWords({ licenseId, release, same }: RestoredEdition): string {
  const how = same ? 'as it was delivered.' : 'not the file that was delivered.';
  return `License ${licenseId}, edition of release ${release}: ${how}`;
}
