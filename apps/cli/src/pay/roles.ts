import type { Role } from '../host/roles.ts';

/** What a buyer keeps secret. */
export const PAY_ROLES = [
  {
    name: 'buyer',
    variable: 'BUYER_KEY',
    isAccount: true,
    isFor: 'your account: holds the dollars, signs deposits and single payments',
    needs: 'dollars, as much as you would carry in a purse, and no ETH: hosts pay the gas',
    lost: 'what it holds is lost, and what lies in channels comes back to it; stolen: so is all of that',
  },
  {
    name: 'session',
    variable: 'SESSION_SEED',
    isAccount: false,
    isFor: 'derives the keys that sign for each call out of the channels; receipts name them',
    needs: 'nothing',
    lost: 'what lies in channels comes back past the hosts only, two days after it is asked for',
  },
] as const satisfies readonly Role[];
