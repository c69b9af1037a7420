import type { AddCommand } from '../command.ts';
import { addAttack } from './attack.ts';
import { addEdition } from './edition.ts';
import { addFingerprint } from './fingerprint.ts';
import { addImport } from './import.ts';
import { addInspect } from './inspect.ts';
import { addPlan } from './plan.ts';
import { addSign } from './sign.ts';
import { addTrace } from './trace.ts';
import { addVerify } from './verify.ts';

/** Everything that is done to files, in the order in which it is usually done. */
export const FILE_COMMANDS: readonly AddCommand[] = [
  addInspect,
  addPlan,
  addFingerprint,
  addEdition,
  addVerify,
  addTrace,
  addAttack,
  addImport,
  addSign,
];
