import { projectAccount } from './accounts.ts';
import { projectAncestors } from './ancestors.ts';
import { projectBatch, projectDraw } from './batches.ts';
import { projectBlame } from './blames.ts';
import { projectBooking } from './bookings.ts';
import { projectCard } from './cards.ts';
import { addBookingSteps } from './claim-steps.ts';
import { projectClaim } from './claims.ts';
import type { Transaction } from './client.ts';
import { projectCodeBook, projectRound } from './code-books.ts';
import { projectCommittee } from './committees.ts';
import { projectDistribution } from './distributions.ts';
import { projectPool } from './inspection-pools.ts';
import type { ModelEvent, OmlEvent, VaultEvent } from './events.ts';
import { projectLicense } from './licenses.ts';
import { projectMeasurement } from './measurements.ts';
import { projectModel } from './models.ts';
import { projectName } from './names.ts';
import { projectPayout, projectProtocolPayout } from './payouts.ts';
import { projectRelease } from './releases.ts';
import { projectReport } from './reports.ts';
import { projectTerms } from './terms.ts';
import { projectTitleBond } from './title-bonds.ts';
import { projectVerifier } from './verifiers.ts';

/** What an event changes in the projections: every noun that it speaks of changes its own rows. */
export async function projectEvent(tx: Transaction, event: OmlEvent): Promise<void> {
  switch (event.source) {
    case 'terms':
      return projectTerms(tx, event);
    case 'models':
      return projectModelEvent(tx, event);
    case 'licenses':
      await projectLicense(tx, event);
      return projectAccount(tx, event);
    case 'vault':
      return projectVaultEvent(tx, event);
    case 'verifiers':
      await projectVerifier(tx, event);
      return projectBatch(tx, event);
    case 'beacon':
      await projectRound(tx, event);
      return projectDraw(tx, event);
    case 'pools':
      return projectPool(tx, event);
    case 'titles':
      return projectTitleBond(tx, event);
    case 'court':
      await projectMeasurement(tx, event);
      return projectClaim(tx, event);
    case 'leaks':
      return projectReport(tx, event);
    case 'committees':
      return projectCommittee(tx, event);
    case 'blames':
      return projectBlame(tx, event);
    case 'names':
      return projectName(tx, event);
  }
}

async function projectModelEvent(tx: Transaction, event: ModelEvent): Promise<void> {
  await projectCodeBook(tx, event);
  await projectModel(tx, event);
  await projectRelease(tx, event);
  await projectAncestors(tx, event);
  await projectCard(tx, event);
}

async function projectVaultEvent(tx: Transaction, event: VaultEvent): Promise<void> {
  switch (event.eventName) {
    case 'Booked':
      await projectBooking(tx, event);
      return addBookingSteps(tx, event);
    case 'Distributed':
      return projectDistribution(tx, event);
    case 'Paid':
    case 'Credited':
      return projectPayout(tx, event);
    case 'ProtocolPaid':
      return projectProtocolPayout(tx, event);
  }
}
