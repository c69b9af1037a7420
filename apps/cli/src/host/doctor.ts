import { isOmlError } from '@oml/protocol/error';
import { z } from 'zod';
import type { CommandContext } from '../command.ts';
import type { HostFolder } from './folder.ts';
import { failureOf, runProgram } from './programs.ts';
import { ROLES } from './roles.ts';
import type { Settings } from './settings.ts';

const findingSchema = z.object({
  name: z.string(),
  state: z.enum(['ok', 'warn', 'fail']),
  says: z.string(),
  todo: z.string().optional(),
});
type Finding = z.output<typeof findingSchema>;
const saidSchema = z.object({ findings: z.array(findingSchema) });

const MARKS = { ok: '✓', warn: '!', fail: '✗' } as const;

/** Looks at the files here, then has the gateway's own program look at everything else. */
export async function examine(
  { output, signal, setFailed }: CommandContext,
  folder: HostFolder,
  settings: Settings,
): Promise<void> {
  const { findings: ofFiles, secrets } = await lookAtFiles(folder);
  const { SIGNER_KEY, GAS_KEY } = secrets;
  const env = { ...settings, ...secrets, HOST_ACCOUNT: settings['HOST_ACCOUNT'] ?? '' };
  const rest = SIGNER_KEY && GAS_KEY ? await lookAtRest(env, { output, signal }) : [];
  const findings = [...ofFiles, ...rest];
  output.result({ findings }, () =>
    findings
      .map(
        ({ name, state, says, todo }) =>
          `${MARKS[state]} ${name.padEnd(9)} ${says}${todo ? `\n            → ${todo}` : ''}`,
      )
      .join('\n'),
  );
  if (findings.some(({ state }) => state === 'fail')) setFailed();
}

/** Are the keys there, do they open, and does nobody else read them? */
async function lookAtFiles(folder: HostFolder): Promise<{ findings: Finding[]; secrets: Record<string, string> }> {
  const findings: Finding[] = [];
  const secrets: Record<string, string> = {};
  const name = 'files';
  for (const path of folder.readable())
    findings.push({ name, state: 'fail', says: `Others may read ${path}.`, todo: `chmod go= ${path}` });
  for (const role of ROLES) {
    if (role.name === 'host' && !folder.has(role)) {
      findings.push({ name, state: 'ok', says: 'The key of the host account is not on this machine.' });
      continue;
    }
    try {
      const secret = await folder.secretOf(role);
      if (role.name !== 'host' && role.name !== 'sealing') secrets[role.variable] = secret;
    } catch (error) {
      if (!isOmlError(error)) throw error;
      const todo = 'Put back the file from your copy, with the password that belongs to it.';
      findings.push({ name, state: 'fail', says: error.message, todo });
    }
  }
  if (findings.every(({ state }) => state === 'ok'))
    findings.unshift({ name, state: 'ok', says: 'The keys open, and nobody else reads them.' });
  return { findings, secrets };
}

async function lookAtRest(
  env: Record<string, string>,
  { output, signal }: Pick<CommandContext, 'output' | 'signal'>,
): Promise<Finding[]> {
  const said: string[] = [];
  output.progress('looking at node, chain and endpoint', 0);
  const { code, out } = await runProgram('doctor', ['--json'], env, { signal, onLine: (line) => said.push(line) });
  if (out.trim() === '') throw failureOf(said, code);
  return saidSchema.parse(JSON.parse(out)).findings;
}
