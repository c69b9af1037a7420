import { defineProgram, end, nextOf } from '@oml/program/define-program';
import { Driver } from '@oml/program/driver';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import { publication } from '../src/programs/publication.ts';
import type { PublisherStore } from '../src/store.ts';

const FACTS = {
  attempt: 0,
  report: {},
  chance: [],
  inspection: { parameters: 1 },
  codeBook: { commonSize: 24, bits: 6 },
};
const next = nextOf<{ mint: typeof FACTS }>();

/** What a publication leaves in the store behind a minted model, without its work. Returns the publication's id. */
export async function mintedRun(
  store: PublisherStore,
  { modelId, ...subject }: Partial<PublishRequestJson> & { modelId: bigint },
): Promise<string> {
  const minting = defineProgram<{ mint: typeof FACTS }, object, Partial<PublishRequestJson>, 'ready'>()({
    name: publication.name,
    first: next('mint', FACTS),
    steps: { mint: async () => end('ready', { keys: { modelId: String(modelId) } }) },
  });
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const driver = new Driver({ store, programs: [minting], context: {}, logger });
  const id = await driver.runs.add(minting, { name: 'digits', files: { model: '' }, ...subject });
  await driver.advance(id);
  return id;
}
