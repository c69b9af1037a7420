import { createBuyer } from '@oml/sdk/buyer';
import { readHost } from '@oml/sdk/host-listing';
import { actors } from './actors.ts';
import { urlOf } from './layout.ts';
import { connectRpc, deployment } from './rpc.ts';
import { hosts } from './services.ts';

const PROMPTS = ['Once upon a time', 'The miller had', 'In the village', 'A fox came to', 'The old woman'];

interface Answer {
  host: string;
  model: string;
  text: string;
  paymentTx: string;
}

/** An ordinary buyer asks every host's language model a few times and pays for each answer. */
export async function callOften(times: number): Promise<Answer[]> {
  const buyer = createBuyer({
    account: actors.buyer.account,
    publicClient: connectRpc(),
    deployment: deployment(),
    maxAmountPerPayment: 10_000n,
  });
  const answers: Answer[] = [];
  for (const { part } of hosts) {
    const model = await languageModelOf(urlOf(part));
    for (let i = 0; i < times; i++) {
      const { text, payment } = await buyer.complete(urlOf(part), {
        model,
        prompt: PROMPTS[i % PROMPTS.length]!,
        maxTokens: 24,
      });
      answers.push({ host: part, model, text, paymentTx: payment.tx ?? '' });
    }
  }
  return answers;
}

async function languageModelOf(url: string): Promise<string> {
  const { models } = await readHost(url);
  return models.find(({ kind }) => kind === 'language')!.model;
}
