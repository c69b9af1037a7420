/**
 * Marks wiki2m6 by the fast profile, drafting included, and prints what that took as one line of JSON: `node
 * packages/fingerprint/bench/growth-fast.ts <keys>`.
 */
import { measureAnswers } from '../src/subject/measure.ts';
import { openView } from '../src/subject/view.ts';
import type { Cost } from './growth-point.ts';
import { mark, openNamed } from './marked.ts';
import { stepClock } from './growth-steps.ts';

const named = openNamed(['wiki2m6', 'fast']);
console.log(JSON.stringify(await measure()));

async function measure(): Promise<Cost> {
  const clock = stepClock();
  try {
    const { file, specimen, seconds, rssMb } = await mark(named, Number(process.argv[2]));
    const view = await openView(named.subject, file);
    const success = await measureAnswers(view, specimen.prompts, specimen.candidates);
    await view.dispose();
    return { seconds, steps: {}, rssMb, success };
  } catch (error) {
    return { ...clock.stop(), rssMb: process.resourceUsage().maxRSS / 1024, success: 0, trouble: String(error) };
  }
}
