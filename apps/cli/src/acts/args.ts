import { TERMS_KINDS } from '@oml/protocol/chain/terms';
import { OmlError } from '@oml/protocol/error';
import { isName, nameId } from '@oml/protocol/evidence/name';
import { readFile } from 'node:fs/promises';
import { getAddress, isAddress, type Address, type Hex } from 'viem';
import { findModel } from '../chain/find-model.ts';
import { number as wholeNumber, word as wordOf } from '../options.ts';
import { dollars } from '../pay/purse.ts';
import type { Arg, View } from './act.ts';

const SHARE_UNIT = 100;
const ALL_BPS = 10_000;

export const MODEL: Arg = {
  name: 'model',
  help: 'its number, its registered name, or the name on its card',
  read: async (said: string, { chain }: View) => (await findModel(chain, said)).modelId,
};

export const LICENSE: Arg = {
  name: 'license',
  help: 'its number',
  read: (said: string) => wholeNumber(said, 'A license'),
};

export const KIND: Arg = {
  name: 'kind',
  help: 'of license: serve, private or derive',
  read(said: string) {
    const kind = (TERMS_KINDS as readonly string[]).indexOf(said);
    if (kind < 0) throw new OmlError('REQUEST_INVALID', `"${said}" is no kind of license: serve, private or derive.`);
    return kind;
  },
};

export const NAME: Arg = {
  name: 'name',
  help: '3 to 32 of a-z, 0-9 and single hyphens inside',
  read: (said: string) => nameId(nameFrom(said)),
};

/** A name that may be registered. Throws REQUEST_INVALID. */
export function nameFrom(said: string): string {
  if (isName(said)) return said;
  throw new OmlError('REQUEST_INVALID', `"${said}" is no name: 3 to 32 of a-z, 0-9 and single hyphens inside.`);
}

/** An address. Throws REQUEST_INVALID. */
export function addressFrom(said: string): Address {
  if (isAddress(said)) return getAddress(said);
  throw new OmlError('REQUEST_INVALID', `"${said}" is no address.`);
}

export const number = (name: string, help: string): Arg => ({
  name,
  help,
  read: (said: string) => wholeNumber(said, `A ${name}`),
});

export const amount = (name: string, help: string): Arg => ({
  name,
  help: `${help}, in dollars`,
  read: (said: string) => dollars(said, `The ${name}`),
});

export const address = (name: string, help: string): Arg => ({ name, help, read: (said: string) => addressFrom(said) });

/** Somebody; whoever sends it where nobody is named. */
export const somebody = (name: string, help: string): Arg => ({
  name,
  help: `${help} (default: you)`,
  isOptional: true,
  read: (said: string | undefined, { me }: View) => (said === undefined ? me : addressFrom(said)),
});

export const word = (name: string, help: string): Arg => ({
  name,
  help: `${help}, 32 bytes of hex`,
  read: (said: string): Hex => wordOf(said, `The ${name}`),
});

export const text = (name: string, help: string): Arg => ({ name, help, read: (said: string) => said });

export const yesNo = (name: string, help: string): Arg => ({
  name,
  help: `${help}: on or off`,
  read(said: string) {
    if (said !== 'on' && said !== 'off')
      throw new OmlError('REQUEST_INVALID', `The ${name} is on or off, not "${said}".`);
    return said === 'on';
  },
});

/** Accounts with their shares in per cent, such as 0x…=62.5. */
export const SHARES: Arg = {
  name: 'payees',
  help: 'each as ADDRESS=PERCENT, 100 % together; none: all goes to the owner',
  isMany: true,
  isOptional: true,
  read: (said: readonly string[]) =>
    said.map((each) => {
      const [account = '', percent = ''] = each.split('=');
      const bps = /^\d{1,3}(\.\d{1,2})?$/.test(percent) ? Math.round(Number(percent) * SHARE_UNIT) : 0;
      if (bps < 1 || bps > ALL_BPS)
        throw new OmlError('REQUEST_INVALID', `"${each}" is no share: ADDRESS=PERCENT, such as 0x…=62.5.`);
      return { account: addressFrom(account), bps };
    }),
};

/** A JSON file whose members are what the contract's function takes beside what stands before it. */
export const JSON_FILE: Arg = {
  name: 'file',
  help: 'JSON with what the contract takes (--help shows its shape)',
  async read(said: string) {
    const content = await readFile(said, 'utf8');
    try {
      return { json: JSON.parse(content) as unknown, file: said };
    } catch (cause) {
      throw new OmlError('REQUEST_INVALID', `${said} is no JSON.`, { cause });
    }
  },
};
export interface JsonFile {
  json: unknown;
  file: string;
}
