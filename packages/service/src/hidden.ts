const hidden = new Set<string>();

export const HIDDEN = '[hidden]';
/** Shorter parts of an address are words, not keys. */
const SHORTEST_KEY = 12;

/** From now on no log of this process shows this text: a key, a seed, a password. */
export function hide(secret: string): void {
  for (const text of [secret, secret.replace(/^0x/, '')])
    for (const form of [text, text.toLowerCase()]) if (form !== '') hidden.add(form);
}

/** Hides an address that holds a provider's key or a password, and whatever of it looks like one. */
export function hideUrl(address: string): void {
  if (!URL.canParse(address)) return;
  const url = new URL(address);
  for (const form of [address, address.replace(/\/+$/, ''), url.href]) hidden.add(form);
  const parts = [url.password, ...url.pathname.split('/'), ...url.searchParams.values()];
  for (const part of parts.flatMap((text) => [text, decoded(text)]))
    if (part.length >= SHORTEST_KEY || (part !== '' && part === url.password)) hidden.add(part);
}

/** The text without anything that was hidden; the longest first, or a part of an address would leave the rest. */
export function withoutHidden(text: string): string {
  let shown = text;
  for (const secret of [...hidden].sort((a, b) => b.length - a.length))
    if (shown.includes(secret)) shown = shown.replaceAll(secret, HIDDEN);
  return shown;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
