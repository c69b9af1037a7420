import 'server-only';
import { isDev } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';
import { chainReader } from '../chain-reader.ts';
import { database } from '../index-reader.ts';
import { readSetup } from '../public-config.ts';
import { answer, type Desk, type Handler } from './desk.ts';
import { deskOrigin } from './desk-origin.ts';

/** A route of Next that answers as the handler does. */
export const route =
  (handler: Handler) =>
  async (request: Request, { params }: { params: Promise<Record<string, string>> }): Promise<Response> =>
    answer(handler, { request, params: await params }, () => openDesk(request));

function openDesk(request: Request): Desk {
  const setup = readSetup();
  if ('problem' in setup) throw new OmlError('UNAVAILABLE', setup.problem);
  const { config, options } = setup;
  return {
    db: database(),
    chain: chainReader(),
    chainId: config.chainId,
    origin: deskOrigin(request, options.SITE_URL),
    operators: options.OPERATORS,
    isDev: isDev(config),
    now: () => new Date(),
  };
}
