import { permanentRedirect } from 'next/navigation';

/** Where this page was before the guides had pages. */
export default function KeptPage() {
  permanentRedirect('/docs/guides/kept');
}
