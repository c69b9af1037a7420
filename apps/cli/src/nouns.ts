import type { Command } from 'commander';
import type { Act } from './acts/act.ts';
import { addActs } from './acts/add-acts.ts';
import type { AddCommand, Run } from './command.ts';
import { addLooks, type Look } from './looks.ts';

/** What a noun can do. */
export interface Verbs {
  /** What is read on chain. */
  looks?: readonly Look[];
  /** What contracts let somebody do. */
  acts?: readonly Act[];
  /** What takes more than that. */
  adds?: readonly AddCommand[];
}

/** What commands are about. Its verbs are loaded when it is meant: engines and markets take their time. */
export interface Noun {
  name: string;
  about: string;
  load(): Promise<Verbs>;
}

export const NOUNS: readonly Noun[] = [
  {
    name: 'file',
    about: 'model files on this machine: fingerprint them, derive and trace editions, check, attack, sign',
    load: async () => ({ adds: (await import('./commands/file.ts')).FILE_COMMANDS }),
  },
  {
    name: 'data',
    about: 'what a model is marked and measured with, from what people have',
    load: async () => ({ adds: (await import('./commands/data.ts')).DATA_COMMANDS }),
  },
  {
    name: 'measure',
    about: 'measurements that a card may carry and anybody can run again',
    load: async () => ({ adds: (await import('./commands/measure.ts')).MEASURE_COMMANDS }),
  },
  {
    name: 'model',
    about: 'models on chain, and what their owners may do',
    load: async () => ({
      looks: (await import('./commands/model.ts')).MODEL_LOOKS,
      acts: (await import('./acts/tables/model.ts')).MODEL_ACTS,
    }),
  },
  {
    name: 'license',
    about: 'licenses, their vaults, and bonds',
    load: async () => ({
      looks: (await import('./commands/license.ts')).LICENSE_LOOKS,
      acts: (await import('./acts/tables/license.ts')).LICENSE_ACTS,
    }),
  },
  {
    name: 'host',
    about: 'serve models for money',
    load: async () => ({
      adds: [(await import('./commands/host.ts')).addHost, (await import('./commands/host-audit.ts')).addHostAudit],
      looks: (await import('./commands/people.ts')).HOST_LOOKS,
      acts: (await import('./acts/tables/host.ts')).HOST_ACTS,
    }),
  },
  {
    name: 'watchtower',
    about: 'collect for other hosts',
    load: async () => ({ adds: [(await import('./commands/watchtower.ts')).addWatchtower] }),
  },
  {
    name: 'verifier',
    about: 'stake, batches, committees, rewards',
    load: async () => ({
      looks: (await import('./commands/people.ts')).VERIFIER_LOOKS,
      acts: (await import('./acts/tables/verifier.ts')).VERIFIER_ACTS,
    }),
  },
  {
    name: 'claim',
    about: 'claims on uses that were not paid',
    load: async () => ({
      looks: (await import('./commands/people.ts')).CLAIM_LOOKS,
      acts: (await import('./acts/tables/claim.ts')).CLAIM_ACTS,
    }),
  },
  {
    name: 'receipt',
    about: 'what the chain knows of receipts',
    load: async () => ({ adds: [(await import('./commands/receipt.ts')).addReceipt] }),
  },
  {
    name: 'evidence',
    about: 'receipts as evidence, checked without a chain',
    load: async () => ({ adds: [(await import('./commands/evidence.ts')).addEvidence] }),
  },
  {
    name: 'report',
    about: 'report endpoints that serve a model unsigned, and names that impersonate; a committee decides',
    load: async () => ({
      adds: [(await import('./commands/report.ts')).addReport],
      acts: (await import('./acts/tables/report.ts')).REPORT_ACTS,
    }),
  },
  {
    name: 'name',
    about: 'names for people to read',
    load: async () => ({
      adds: [(await import('./commands/name.ts')).addName],
      acts: (await import('./acts/tables/name.ts')).NAME_ACTS,
    }),
  },
  {
    name: 'pay',
    about: 'buy answers, for any OpenAI client and for agents',
    load: async () => ({ adds: [(await import('./commands/pay.ts')).addPay] }),
  },
  {
    name: 'key',
    about: 'keys of accounts',
    load: async () => ({
      adds: [(await import('./commands/key.ts')).addKey],
      acts: (await import('./acts/tables/host.ts')).KEY_ACTS,
    }),
  },
];

/** Adds every noun to the program, with its verbs where it is meant. */
export async function addNouns(program: Command, run: Run, isMeant: (name: string) => boolean): Promise<void> {
  for (const { name, about, load } of NOUNS) {
    const noun = program.command(name).description(about);
    if (!isMeant(name)) continue;
    const { adds = [], looks = [], acts = [] } = await load();
    for (const add of adds) add(noun, run);
    addLooks(noun, looks, run);
    addActs(noun, acts, run);
  }
}
