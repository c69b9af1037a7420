import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { checkChain, connectChain } from '@oml/service/chain';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findModel } from '../chain/find-model.ts';
import type { CommandContext } from '../command.ts';
import { roleOf, type HostFolder } from './folder.ts';
import { failureOf, isFailure, runProgram, serve } from './programs.ts';
import { ROLES, type Role } from './roles.ts';
import type { Settings } from './settings.ts';

export interface UpFlags {
  model?: string;
  name?: string;
  price?: string;
  perCall?: string;
  perMillionInputTokens?: string;
  perMillionOutputTokens?: string;
  perSecond?: string;
  timeout: string;
  prepare?: boolean;
}

/** Keys of an account's own doings, which the serving gateway is not given. */
const KEPT_FROM_GATEWAY: readonly Role['name'][] = ['host', 'sealing'];

/** Takes the license where one is asked for, then serves until it is told to stop. */
export async function bringUp(
  { output, signal }: Pick<CommandContext, 'output' | 'signal'>,
  folder: HostFolder,
  settings: Settings,
  flags: UpFlags,
): Promise<void> {
  const account = folder.addressOf(roleOf('host')) ?? settings['HOST_ACCOUNT'];
  if (!account) throw new OmlError('NOT_FOUND', `There are no keys in ${folder.path} yet: run oml host keys first.`);
  folder.keepSettings({ HOST_ACCOUNT: account });
  const publicUrl = settings['PUBLIC_URL'];
  if (!publicUrl)
    throw new OmlError(
      'ENV_MISSING',
      'Give --endpoint URL once: where buyers reach this host, such as https://host.example.',
    );
  const license =
    flags.model === undefined
      ? undefined
      : await takeLicense(
          { output, signal },
          folder,
          { ...settings, PUBLIC_URL: publicUrl },
          flags as UpFlags & { model: string },
        );
  if (!license && !existsSync(join(folder.dataDir, 'licenses.json')))
    throw new OmlError(
      'NOT_FOUND',
      'This host has no license yet: give --model NAME (oml model list lists what there is).',
    );
  if (flags.prepare) return output.result({ account, ...license }, () => 'Ready to be served: run oml host up.');
  const keys = await secretsOf(folder, ({ name }) => !KEPT_FROM_GATEWAY.includes(name));
  output.note(
    `Serving as ${account} on port ${settings['PORT']}; Ctrl-C stops it. In another terminal: oml host doctor`,
  );
  await serve({ ...settings, ...keys, HOST_ACCOUNT: account }, signal);
}

async function takeLicense(
  { output, signal }: Pick<CommandContext, 'output' | 'signal'>,
  folder: HostFolder,
  settings: Settings,
  flags: UpFlags & { model: string },
): Promise<Record<string, unknown>> {
  const chain = connectChain({ rpcUrl: settings.RPC_URL, deployment: readDeployment(settings.OML_DEPLOYMENT) });
  await checkChain(chain);
  const { modelId, name: own, price: floor } = await findModel(chain, flags.model);
  const name = flags.name ?? own;
  if (!name)
    throw new OmlError(
      'REQUEST_INVALID',
      `Model ${modelId} has no card just now: give --name, as buyers are to ask for it.`,
    );
  if (floor === undefined)
    throw new OmlError('NOT_FOUND', `${name} (model ${modelId}) offers no licenses to serve it.`);
  output.note(`model: ${name} is model ${modelId}`);
  const price = flags.price ?? String(floor);
  const args = [
    '--model-id',
    String(modelId),
    '--name',
    name,
    '--price',
    price,
    '--endpoint',
    settings['PUBLIC_URL']!,
    '--timeout',
    flags.timeout,
    ...ratesOf(flags),
    '--json',
  ];
  const keys = await secretsOf(folder, ({ name: role }) => role !== 'answers');
  const said: string[] = [];
  const { code, out } = await runProgram(
    'onboard',
    args,
    { ...settings, ...keys },
    {
      signal,
      onLine(line) {
        said.push(line);
        if (!isFailure(line)) output.note(line);
      },
    },
  );
  if (code === 0) return { ...(JSON.parse(out) as Record<string, unknown>), name, price };
  throw failureOf(said, code);
}

/** What a call costs by what it used, as onboard is told. */
function ratesOf({ perCall, perMillionInputTokens, perMillionOutputTokens, perSecond }: UpFlags): string[] {
  const rates = {
    '--per-call': perCall,
    '--per-million-input-tokens': perMillionInputTokens,
    '--per-million-output-tokens': perMillionOutputTokens,
    '--per-second': perSecond,
  };
  return Object.entries(rates).flatMap(([flag, rate]) => (rate === undefined ? [] : [flag, rate]));
}

async function secretsOf(folder: HostFolder, wanted: (role: Role) => boolean): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  for (const role of ROLES.filter(wanted)) secrets[role.variable] = await folder.secretOf(role);
  return secrets;
}
