/** A secret in a file of its own. */
export interface Role {
  name: string;
  /** What programs read it as. */
  variable: string;
  /** Is it the key of an account? Else it is a plain secret. */
  isAccount: boolean;
  isFor: string;
  needs: string;
  lost: string;
}

/** What a host keeps secret. */
export const ROLES = [
  {
    name: 'host',
    variable: 'HOST_KEY',
    isAccount: true,
    isFor: 'your account: posts the bond, takes licenses, is paid',
    needs:
      'once: the bond in dollars, and ETH for about ten transactions. The gateway never reads it: take it off this machine afterwards',
    lost: 'the bond and every later payout are lost for good; stolen: so are they',
  },
  {
    name: 'gas',
    variable: 'GAS_KEY',
    isAccount: true,
    isFor: 'settles and books payments, collects channels, splits and pays out',
    needs: 'ETH for as long as you serve, and a few dollars for shortfalls',
    lost: 'what it holds is lost; rotate it (oml host rotate gas)',
  },
  {
    name: 'signer',
    variable: 'SIGNER_KEY',
    isAccount: true,
    isFor: 'signs the receipt of every answer; bound to your account for ever',
    needs: 'nothing, unless your gateway is to file blames by itself',
    lost: 'rotate it (oml host rotate signer). Stolen: rotate and revoke at once, its receipts cost your bond',
  },
  {
    name: 'sealing',
    variable: 'SEALING_SEED',
    isAccount: false,
    isFor: 'opens the editions that are sealed to you',
    needs: 'nothing',
    lost: 'an edition that is not opened yet can never be read: its license must be closed and taken anew',
  },
  {
    name: 'answers',
    variable: 'ANSWER_SECRET',
    isAccount: false,
    isFor: 'encrypts what the gateway keeps of answers and requests',
    needs: 'nothing',
    lost: 'kept answers and what could be shown for a blame cannot be read any more',
  },
] as const satisfies readonly Role[];

export type HostRole = (typeof ROLES)[number];

/** The one secret of a watchtower, which lies in a folder of its own. */
export const TOWER_ROLE = {
  name: 'tower',
  variable: 'TOWER_KEY',
  isAccount: true,
  isFor: 'collects for hosts that are down',
  needs: 'ETH for what it collects',
  lost: 'what it holds is lost; hosts must name another tower. Stolen: they must no longer name this one',
} as const satisfies Role;
