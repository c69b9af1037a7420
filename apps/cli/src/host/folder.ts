import { OmlError } from '@oml/protocol/error';
import { hide } from '@oml/service/hidden';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { bytesToHex, getAddress, type Address, type Hex } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { decryptSecret, encryptSecret, type Keystore } from './keystore.ts';
import { PAY_ROLES } from '../pay/roles.ts';
import { ROLES, type HostRole, type Role } from './roles.ts';

export interface FolderOptions {
  dir?: string;
  passwordFile?: string;
}

const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

/** Whose folder it is. */
export interface FolderKind {
  /** `oml NAME keys` makes it; the folder is `~/.oml/NAME`, its settings are `NAME.env`. */
  name: 'host' | 'pay';
  /** Environment variable that moves it. */
  variable: string;
  roles: readonly Role[];
}
const HOST_FOLDER: FolderKind = { name: 'host', variable: 'OML_HOST_DIR', roles: ROLES };
export const PAY_FOLDER: FolderKind = { name: 'pay', variable: 'OML_PAY_DIR', roles: PAY_ROLES };

/** Everything of one host or buyer: `keys/`, the password that opens them, a file with its settings, and `data/`. */
export class HostFolder {
  readonly path: string;
  readonly passwordFile: string;
  readonly #kind: FolderKind;

  constructor({ dir, passwordFile }: FolderOptions, kind: FolderKind = HOST_FOLDER) {
    this.#kind = kind;
    this.path = resolve(dir ?? process.env[kind.variable] ?? join(homedir(), '.oml', kind.name));
    this.passwordFile = resolve(passwordFile ?? process.env['OML_PASSWORD_FILE'] ?? join(this.path, 'password'));
  }

  get dataDir(): string {
    return join(this.path, 'data');
  }

  get #settingsFile(): string {
    return join(this.path, `${this.#kind.name}.env`);
  }

  get #advice(): string {
    return `oml ${this.#kind.name} keys makes it`;
  }

  keyFile({ name }: Role): string {
    return join(this.path, 'keys', `${name}.json`);
  }

  has(role: Role): boolean {
    return existsSync(this.keyFile(role));
  }

  /** The address of an account's key, which stands beside it in the clear. */
  addressOf(role: Role): Address | undefined {
    if (!role.isAccount || !this.has(role)) return undefined;
    const { address } = readKeystore(this.keyFile(role), this.#advice);
    return address ? getAddress(`0x${address.replace(/^0x/, '')}`) : undefined;
  }

  /** Makes the folders, readable by nobody else. */
  make(): void {
    for (const folder of [this.path, join(this.path, 'keys'), this.dataDir]) {
      mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
      chmodSync(folder, OWNER_ONLY_FOLDER);
    }
  }

  /** The password; where there is none yet, a new one of 256 bits. */
  ensurePassword(): { password: string; isNew: boolean } {
    if (existsSync(this.passwordFile)) return { password: this.#readPassword(), isNew: false };
    const password = randomBytes(32).toString('base64url');
    writeFileSync(this.passwordFile, `${password}\n`, { mode: OWNER_ONLY, flag: 'wx' });
    return { password, isNew: true };
  }

  #readPassword(): string {
    const password = readText(this.passwordFile, this.#advice).replace(/\r?\n$/, '');
    if (password === '')
      throw new OmlError('REQUEST_INVALID', `${this.passwordFile} is empty: it must hold the password.`);
    return password;
  }

  /** Writes a new secret for a role. What stood there before is kept under its address. */
  async makeKey(role: Role, password: string): Promise<Hex> {
    const secret = bytesToHex(randomBytes(32));
    const address = role.isAccount ? privateKeyToAddress(secret) : undefined;
    const file = this.keyFile(role);
    const text = `${JSON.stringify(await encryptSecret(secret, password, address), null, 2)}\n`;
    const before = this.addressOf(role);
    if (before) renameSync(file, join(this.path, 'keys', `${role.name}-${before}.json`));
    writeFileSync(file, text, { mode: OWNER_ONLY, flag: 'wx' });
    return secret;
  }

  /** The secret of a role. Throws NOT_FOUND, UNAUTHORIZED, REQUEST_INVALID, each with the file that is meant. */
  async secretOf(role: Role): Promise<Hex> {
    const file = this.keyFile(role);
    const keystore = readKeystore(file, this.#advice);
    try {
      const secret = await decryptSecret(keystore, this.#readPassword());
      hide(secret);
      return secret;
    } catch (error) {
      if (!(error instanceof OmlError)) throw error;
      throw new OmlError(error.code, `${file} cannot be opened with ${this.passwordFile}: ${error.message}`);
    }
  }

  /** The settings, its file under what the environment says. */
  settings(): Record<string, string> {
    const file = this.#settingsFile;
    if (!existsSync(this.path))
      throw new OmlError('NOT_FOUND', `There is no folder ${this.path} yet: run oml ${this.#kind.name} keys first.`);
    const kept = existsSync(file) ? (parseEnv(readFileSync(file, 'utf8')) as Record<string, string>) : {};
    const given = Object.entries(process.env).filter(([name, value]) => name in kept || (SETTABLE.has(name) && value));
    return { ...kept, ...(Object.fromEntries(given) as Record<string, string>) };
  }

  /** Keeps settings for the next time; what is there and not named stays. */
  keepSettings(changes: Record<string, string | undefined>): void {
    const file = this.#settingsFile;
    const kept = existsSync(file)
      ? readFileSync(file, 'utf8')
      : `# Settings of oml ${this.#kind.name}; the guide says what each is for.\n`;
    const lines = kept.split('\n').filter((line) => !Object.keys(changes).some((name) => line.startsWith(`${name}=`)));
    const added = Object.entries(changes).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
    const text = [...lines.filter((line) => line !== ''), ...added, ''].join('\n');
    writeFileSync(`${file}.new`, text, { mode: OWNER_ONLY });
    renameSync(`${file}.new`, file);
  }

  /** Files and folders that others than their owner may read. */
  readable(): string[] {
    const files = [this.passwordFile, this.#settingsFile, ...this.#kind.roles.map((role) => this.keyFile(role))];
    return [this.path, join(this.path, 'keys'), this.dataDir, ...files].filter(
      (path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0,
    );
  }
}

/** What may stand in the environment, too. */
const SETTABLE = new Set(
  [
    'RPC_URL OML_DEPLOYMENT PUBLIC_URL PORT HOST METRICS_PORT METRICS_HOST STORE ALERT_WEBHOOK BACKENDS SETTLE_DEPTH',
    'COLLECT_AFTER COLLECT_ABOVE COLLECT_GAS_PRICE ANSWERS_AT_ONCE SHORTFALL_LIMIT BLAME_DEPOSIT_LIMIT CREDIT_STRANGERS',
    'WATCHTOWER WATCHED_HOSTS WATCH_AFTER GAS_COIN_PRICE FACILITATOR_URL FACILITATOR_KEY',
    'CORRECTIONS PROTECTED_TEXTS PROTECTED_LEAST',
  ].flatMap((line) => line.split(' ')),
);

export const roleOf = (name: HostRole['name']): HostRole => ROLES.find((role) => role.name === name)!;

function readKeystore(file: string, advice: string): Keystore {
  const text = readText(file, advice);
  try {
    return JSON.parse(text) as Keystore;
  } catch {
    throw new OmlError('REQUEST_INVALID', `${file} is no keystore: take it from your copy.`);
  }
}

function readText(file: string, advice: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new OmlError('NOT_FOUND', `There is no ${file}: ${advice}, or name another folder with --dir.`, { cause });
  }
}
