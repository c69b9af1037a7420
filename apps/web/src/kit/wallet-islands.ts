'use client';
import { island } from './island.tsx';

/** The visitor's balance. */
export const Faucet = island('wanted', () => import('#wallet/faucet.tsx').then((module) => module.Faucet));

/** From a file to a model on chain. */
export const PublishPage = island('at-once', () =>
  import('#publication/publish-page.tsx').then((module) => module.PublishPage),
);

/** What lies in the vault of a license. */
export const VaultMoney = island('at-once', () => import('#vault/vault-money.tsx').then((module) => module.VaultMoney));

/** What this deployment's verifier has looked into. */
export const AuditTable = island('at-once', () => import('#stake/audit-table.tsx').then((module) => module.AuditTable));

/** What audits say of each host. */
export const StandingTable = island('at-once', () =>
  import('#stake/standing-table.tsx').then((module) => module.StandingTable),
);

/** What the connected verifier may do. */
export const VerifierPanel = island('wanted', () =>
  import('#stake/verifier-panel.tsx').then((module) => module.VerifierPanel),
);

/** Batches that anyone may end. */
export const OpenBatches = island('at-once', () =>
  import('#stake/verifier-panel.tsx').then((module) => module.OpenBatches),
);

/** What the connected account has sent from this browser. */
export const History = island('wanted', () => import('#tracker/history.tsx').then((module) => module.History));

/** What the connected owner may do. */
export const OwnPanel = island('wanted', () => import('#model/own-panel.tsx').then((module) => module.OwnPanel));

/** What the connected host may do. */
export const HostPanel = island('wanted', () => import('#host/host-panel.tsx').then((module) => module.HostPanel));

/** What the connected account should hear of, and where. */
export const NoticesPanel = island('wanted', () =>
  import('#notice/notices-panel.tsx').then((module) => module.NoticesPanel),
);

/** What the connected operator of this site may do. */
export const OperatorPanel = island('wanted', () =>
  import('#moderation/operator-panel.tsx').then((module) => module.OperatorPanel),
);

/** What can be done about a name. */
export const NameActions = island('at-once', () => import('#name/name-panel.tsx').then((module) => module.NameActions));

/** What can be done about a report. */
export const ReportButtons = island('at-once', () =>
  import('#report/report-buttons.tsx').then((module) => module.ReportButtons),
);

/** Files a report. */
export const ReportForm = island('wanted', () =>
  import('#report/report-buttons.tsx').then((module) => module.ReportForm),
);

/** Stakes. */
export const StakeForm = island('at-once', () => import('#stake/stake-form.tsx').then((module) => module.StakeForm));

/** What anybody may do about a license. */
export const AnyonesLicense = island('at-once', () =>
  import('#host/anyones-license.tsx').then((module) => module.AnyonesLicense),
);
