import { createBuyer } from '@oml/sdk/buyer';
import { readHost } from '@oml/sdk/host-listing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actors } from './actors.ts';
import { root, urlOf } from './layout.ts';
import { connectRpc, deployment } from './rpc.ts';
import { hosts, type Host } from './services.ts';

const PROMPTS = ['Once upon a time', 'The miller had', 'In the village', 'A fox came to', 'The old woman'];

/** Of one image of the classifiers. */
const PIXELS = 28 * 28;

interface Answer {
  host: string;
  model: string;
  text: string;
  paymentTx: string;
}

const openBuyer = () =>
  createBuyer({
    account: actors.buyer.account,
    publicClient: connectRpc(),
    deployment: deployment(),
    maxAmountPerPayment: 10_000n,
  });

/** An ordinary buyer asks every host's language model a few times and pays for each answer. */
export async function callOften(times: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const { part } of hosts) answers.push(...(await callAt(part, times)));
  return answers;
}

/** The same of one host. */
export async function callAt(part: Host['part'], times: number): Promise<Answer[]> {
  const buyer = openBuyer();
  const answers: Answer[] = [];
  const model = await languageModelOf(urlOf(part));
  for (let i = 0; i < times; i++) {
    const { text, payment } = await buyer.complete(urlOf(part), {
      model,
      prompt: PROMPTS[i % PROMPTS.length]!,
      maxTokens: 24,
    });
    answers.push({ host: part, model, text, paymentTx: payment.tx ?? '' });
  }
  return answers;
}

/** The same buyer has a classifier of the first host read a few digits. */
export async function classifyOften(model: string, times: number): Promise<Answer[]> {
  const buyer = openBuyer();
  const { part } = hosts[0]!;
  const images = new Uint8Array(readFileSync(join(root, 'models', 'digits', 'heldout.u8')));
  const answers: Answer[] = [];
  for (let i = 0; i < times; i++) {
    const data = images.slice(i * PIXELS, (i + 1) * PIXELS);
    const { label, payment } = await buyer.classify(urlOf(part), {
      model,
      dtype: 'uint8',
      shape: [1, 1, 28, 28],
      data,
    });
    answers.push({ host: part, model, text: label, paymentTx: payment.tx ?? '' });
  }
  return answers;
}

async function languageModelOf(url: string): Promise<string> {
  const { models } = await readHost(url);
  return models.find(({ kind }) => kind === 'language')!.model;
}
