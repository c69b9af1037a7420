import { ImageResponse } from 'next/og';
import { previewOf } from '#kit/preview-image.tsx';

export const size = { width: 1200, height: 630 };
export const contentType = 'image/png';
export const alt = 'OML: call open models by the use';

/** What stands for this site where somebody links to it. */
export default function Image(): ImageResponse {
  return new ImageResponse(
    previewOf({ title: 'Call open models by the use', lines: ['Bonded hosts. Signed receipts. No account.'] }),
    size,
  );
}
