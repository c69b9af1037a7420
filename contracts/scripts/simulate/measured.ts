import { PROFILES, type Profile } from '../../ignition/modules/values.ts';
import {
  playDisguised,
  playFraming,
  playInspection,
  playShelter,
  playTardy,
  playTickets,
  playUnpaid,
  startScene,
  USUAL_SLASH_BPS,
} from './plays.ts';

/** Licenses over which the rotating host of the play rotates, and tickets that are enrolled at once. */
export const [ROTATED, ENROLLED] = [4, 35];

/** Each play by its name, on a chain of its own. */
export const PLAYS = {
  unpaid: async (profile: Profile) => playUnpaid(await startScene(profile)),
  tardy: async (profile: Profile) => playTardy(await startScene(profile)),
  shelter: async (profile: Profile) => playShelter(await startScene(profile), false),
  lateShelter: async (profile: Profile) => playShelter(await startScene(profile), true),
  framing: async (profile: Profile) => playFraming(await startScene(profile)),
  disguised: async (profile: Profile) => playDisguised(await startScene(profile), 1),
  rotating: async (profile: Profile) => playDisguised(await startScene(profile), ROTATED),
  inspection: async (profile: Profile) => playInspection(await startScene(profile), profile),
  tickets: async (profile: Profile) => playTickets(await startScene(profile), profile, ENROLLED),
} satisfies Record<string, (profile: Profile) => Promise<unknown>>;

export type Measured = { [Play in keyof typeof PLAYS]: Awaited<ReturnType<(typeof PLAYS)[Play]>> } & {
  readonly profile: Profile;
  readonly bond: bigint;
  readonly slashBps: number;
  readonly rates: (typeof PROFILES)[Profile];
};

/** Everything that was played at the rates of one profile. */
export async function playAll(profile: Profile): Promise<Measured> {
  const played: Record<string, unknown> = {};
  for (const [name, play] of Object.entries(PLAYS)) played[name] = await play(profile);
  const rates = PROFILES[profile];
  const setting = { profile, bond: rates.minAccountBond, slashBps: USUAL_SLASH_BPS[profile], rates };
  return { ...setting, ...played } as Measured;
}

/** What a party lost, as a share of the bond that stood behind it. */
export const shareOf = (amount: bigint, bond: bigint): number => Math.abs(Number(amount)) / Number(bond);
