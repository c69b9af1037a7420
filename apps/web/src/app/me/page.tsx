import { redirect } from 'next/navigation';

/** Where this page was before it had a name of its own. */
export default function MePage() {
  redirect('/use');
}
