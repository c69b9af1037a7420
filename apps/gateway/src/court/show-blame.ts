import { committeesAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { blamedEditionInfo, blamedHitsInfo, type BlamedHitsJson } from '@oml/protocol/wire/blame-evidence';
import { unsignedToJson } from '@oml/protocol/wire/receipt-json';
import { filedBlame } from '@oml/service/blames';
import { seal } from '@oml/service/seal';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address, Hex } from 'viem';
import { shownHits, type Looking } from './blame-case.ts';
import { deliveredFile } from './delivered.ts';
import { findDisguise } from './disguises.ts';

/** Hands jurors what a blame is about, sealed to the key of each: the path of a file that only it can open. */
export interface ShowBlame {
  hits(claimId: Hex, juror: Address): Promise<string>;
  edition(claimId: Hex, licenseId: bigint, juror: Address): Promise<string>;
}

interface Seating {
  licenseIds: readonly bigint[];
  jurors: readonly Address[];
}

/** What the chain said this long ago still counts: a stranger costs no look at the chain each time it asks. */
const FRESH_MS = 2_000;
const X25519_BYTES = 32;

/**
 * Who does not sit on the blame's committee gets nothing: NOT_FOUND where there is no such blame, NOT_SEATED. Sealing
 * is done once for each juror, one after the other.
 */
export function createShowBlame(looking: Looking): ShowBlame {
  const seatings = new Map<Hex, { at: number; seating: Promise<Seating> }>();
  const sealing = new Map<string, Promise<string>>();
  let last: Promise<unknown> = Promise.resolve();

  async function seatingOf(claimId: Hex): Promise<Seating> {
    const disguise = await findDisguise(looking.store, claimId);
    if (!disguise || disguise.endedAt !== undefined) throw noBlame(claimId);
    const known = seatings.get(claimId);
    if (known && Date.now() - known.at < FRESH_MS) return known.seating;
    const seating = readSeating(looking, claimId);
    seatings.set(claimId, { at: Date.now(), seating });
    return seating;
  }

  /** One sealing at a time, and each only once. */
  function sealOnce(path: string, work: () => Promise<Uint8Array>): Promise<string> {
    const running = sealing.get(path);
    if (running) return running;
    const sealed = last.then(async () => {
      if (!existsSync(path)) {
        mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
        writeFileSync(`${path}.new`, await work(), { mode: 0o600 });
        renameSync(`${path}.new`, path);
      }
      return path;
    });
    last = sealed.catch(() => {});
    sealing.set(path, sealed);
    return sealed.finally(() => sealing.delete(path));
  }

  async function show(claimId: Hex, juror: Address, name: string, info: string, read: () => Promise<Uint8Array>) {
    const key = await keyOf(looking, juror);
    // Under another key it is another file.
    const path = join(folderOf(looking, claimId), `${name}-${juror}-${key.slice(2, 18)}`);
    return sealOnce(path, async () => seal(key, await read(), info));
  }

  return {
    async hits(claimId, juror) {
      checkSeat(await seatingOf(claimId), juror);
      return show(claimId, juror, 'hits', blamedHitsInfo(claimId), () => hitsAsBytes(looking, claimId));
    },
    async edition(claimId, licenseId, juror) {
      const seating = await seatingOf(claimId);
      checkSeat(seating, juror);
      if (!seating.licenseIds.includes(licenseId))
        throw new OmlError('NOT_FOUND', `The blame is not about license ${licenseId}.`);
      const name = `edition-${licenseId}`;
      return show(claimId, juror, name, blamedEditionInfo(claimId, licenseId), () => deliveredFile(looking, licenseId));
    },
  };
}

/** Forgets what was sealed for a claim that is over. */
export function forgetShown({ dataDir }: Pick<Looking, 'dataDir'>, claimId: Hex): void {
  rmSync(folderOf({ dataDir }, claimId), { recursive: true, force: true });
}

const folderOf = ({ dataDir }: Pick<Looking, 'dataDir'>, claimId: Hex): string => join(dataDir, 'blames', claimId);

const noBlame = (claimId: Hex) => new OmlError('NOT_FOUND', `There is no open blame on the claim ${claimId} here.`);

async function readSeating({ chain }: Looking, claimId: Hex): Promise<Seating> {
  const filed = await filedBlame(chain, claimId);
  if (!filed) throw noBlame(claimId);
  const jurors = await chain.publicClient.readContract({
    address: chain.deployment.contracts.committees,
    abi: committeesAbi,
    functionName: 'jurors',
    args: [filed.committeeId],
  });
  return { licenseIds: filed.licenseIds, jurors };
}

function checkSeat({ jurors }: Seating, juror: Address): void {
  if (!jurors.includes(juror))
    throw new OmlError('NOT_SEATED', `${juror} does not sit on the committee of this blame.`);
}

/** The key that a juror staked with. Throws CONFLICT where nothing can be sealed to it. */
async function keyOf({ chain }: Looking, juror: Address): Promise<Hex> {
  const key = await chain.publicClient.readContract({
    address: chain.deployment.contracts.verifierRegistry,
    abi: verifierRegistryAbi,
    functionName: 'encryptionKeyOf',
    args: [juror],
  });
  if (BigInt(key) === 0n || key.length !== 2 + 2 * X25519_BYTES)
    throw new OmlError('CONFLICT', `${juror} has no key on chain to which anything could be sealed.`);
  return key;
}

async function hitsAsBytes(looking: Looking, claimId: Hex): Promise<Uint8Array> {
  const disguise = await findDisguise(looking.store, claimId);
  if (!disguise) throw noBlame(claimId);
  const hits = await shownHits(looking, disguise);
  if ('why' in hits) throw new OmlError('NOT_FOUND', `The hits cannot be shown: ${hits.why}.`);
  const shown: BlamedHitsJson = hits.map(({ receipt, body }) => ({ receipt: unsignedToJson(receipt), body }));
  return new TextEncoder().encode(JSON.stringify(shown));
}
